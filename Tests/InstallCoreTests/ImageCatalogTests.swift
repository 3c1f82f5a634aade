import BundleModel
import Payload
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

struct ImageCatalogTests {
    @Test func eachImageIsKnownByItsDocuments() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let catalog = try ImageCatalog.read(sample.images(for: .master), from: sample.pack, for: .master, in: sample)
        let byName = Dictionary(uniqueKeysWithValues: catalog.images.map { ($0.locked.reference.repository, $0) })
        let (base, top) = (SampleImages.base.diffID, SampleImages.top.diffID)
        #expect(byName["docker"]?.layers.map(\.diffID) == [base, top, top])
        #expect(byName["docker"]?.layers.map(\.member) == [.layer(base), .layer(top), .layer(top)])
        #expect(byName["docker"]?.target.mediaType == .dockerManifest)
        #expect(byName["docker"]?.target == byName["docker"]?.manifest)
        #expect(byName["nothing"]?.layers == [])
        let indexed = try #require(byName["indexed"])
        #expect(indexed.target.mediaType == .index && indexed.target.digest == indexed.locked.digest)
        #expect(indexed.manifest.digest == indexed.locked.manifest && indexed.manifest != indexed.target)
        #expect(byName["kept"]?.layers.map(\.member) == byName["kept"]?.layers.map { .blob($0.blob.digest) })
    }

    @Test func aWorkersPackHasNoImageOfMasters() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        #expect {
            _ = try ImageCatalog.read(sample.index.lock.images, from: sample.pack, for: .worker, in: sample)
        } throws: {
            guard case PayloadError.badImage("r.example/master:1", let reason) = $0 else { return false }
            return reason == "layer layers/sha256/\(SampleImages.masters.diffID.hex) is missing"
        }
        let workers = sample.images(for: .worker)
        let catalog = try ImageCatalog.read(workers, from: sample.pack, for: .worker, in: sample)
        #expect(catalog.images.count == 4)
    }

    @Test func documentsThatAreMissingOrSayNonsenseAreNamed() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let image = try #require(sample.index.lock.images.first)
        let documents = try ImageCatalog.read([image], from: sample.pack, for: .master, in: sample).documents
        for (change, reason) in [
            (nil, "document \(image.digest) is missing"), (Array("{}".utf8), "schemaVersion"),
        ] as [([UInt8]?, String)] {
            var other = documents
            other[image.digest] = change
            let error = #expect(throws: PayloadError.self) {
                _ = try ImageCatalog([image], documents: other, members: sample.pack.members)
            }
            #expect(error?.message.contains(image.reference.description) == true)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            #expect(error?.category == .bundleDamaged)
        }
    }
}
