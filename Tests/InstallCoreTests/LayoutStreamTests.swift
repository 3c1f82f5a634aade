import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// The archive that ctr reads, looked at with other people's tools.
struct LayoutStreamTests {
    private func unpacked(_ sample: SampleImages, _ role: NodeRole, _ scratch: Scratch) async throws -> FilePath {
        let (tar, folder) = (scratch.path.appending("layout.tar"), scratch.path.appending("unpacked"))
        try sample.layout(for: role, to: tar)
        try FileSystem.makeDirectories(folder)
        try await SystemProcessRunner().require(Command("tar", ["-C", folder.string, "-xf", tar.string]))
        return folder
    }

    @Test(arguments: [Compression(level: 3), Compression(format: .xz, level: 1, windowLog: 20)])
    func everyBlobIsWhatItsNameSays(_ compression: Compression) async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path, compression: compression)
        let folder = try await unpacked(sample, .master, scratch)
        let blobs = folder.pushing(FilePath("blobs/sha256"))
        let names = try FileSystem.list(blobs)
        for name in names { #expect(try SHA256Hasher.hash(file: blobs.appending(name)).hex == name) }
        for layer in [SampleImages.base, SampleImages.top, SampleImages.masters] {
            #expect(names.contains(layer.diffID.hex))
        }
        #expect(try FileSystem.list(folder) == ["blobs", "index.json", "oci-layout"])
    }

    @Test func layersOfMastersAreNotAWorkers() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let folder = try await unpacked(sample, .worker, scratch)
        let names = try FileSystem.list(folder.pushing(FilePath("blobs/sha256")))
        #expect(!names.contains(SampleImages.masters.diffID.hex) && names.contains(SampleImages.base.diffID.hex))
    }

    @Test(.enabled(if: access("/usr/bin/skopeo", X_OK) == 0, "SKIPPED: needs skopeo"))
    func skopeoReadsIt() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let folder = try await unpacked(sample, .master, scratch)
        let images = sample.index.lock.images
        let index = try CanonicalJSON.decode(
            OCIIndex.self, from: Data(FileSystem.read(folder.appending("index.json"))))
        let tagged = index.manifests.filter { $0.annotations?["org.opencontainers.image.ref.name"] != nil }
        try #require(tagged.count == images.count)
        for (number, image) in images.enumerated() {
            let target = tagged[number].digest
            let isRewritten = image.layers == .unpacked && image.reference.repository != "nothing"
            #expect((target != image.digest) == isRewritten, "\(image.reference)")
            // skopeo finds an image in a layout by its place from version 1.14 on; here each gets a layout of its own.
            let one = scratch.path.appending("one-\(number)")
            try await SystemProcessRunner().require(Command("cp", ["-r", folder.string, one.string]))
            try AtomicFile.write(
                CanonicalJSON.encode(OCIIndex(manifests: [tagged[number]])), to: one.appending("index.json"))
            let tag = try #require(image.reference.tag)
            let copy = scratch.path.appending("copy-\(number)")
            try await SystemProcessRunner().require(
                Command(
                    "skopeo",
                    ["copy", "--insecure-policy", "--override-arch", "amd64", "oci:\(one):\(tag)", "dir:\(copy)"]))
            let config = try CanonicalJSON.decode(
                OCIManifest.self, from: Data(FileSystem.read(copy.appending("manifest.json")))
            ).config.digest
            // What the image is called by its id: the config, byte for byte.
            let catalog = try ImageCatalog.read([image], from: sample.pack, for: .master, in: sample)
            #expect(config == catalog.images[0].config.digest)
        }
    }

    /// By the annotation that containerd goes by.
    @Test func whatKeepsItsDigestIsNamedByItToo() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let folder = try await unpacked(sample, .master, scratch)
        let index = try CanonicalJSON.decode(
            OCIIndex.self, from: Data(FileSystem.read(folder.appending("index.json"))))
        let kept = try #require(sample.index.lock.images.first { $0.layers == .original })
        let named = index.manifests.map { ($0.annotations?["io.containerd.image.name"], $0.digest) }
        let byDigest = "\(kept.reference.name)@\(kept.digest)"
        let expected = Set(sample.index.lock.images.map(\.reference.description)).union([byDigest])
        #expect(Set(named.compactMap(\.0)) == expected && named.count == expected.count)
        let targets = named.filter { $0.0 == byDigest || $0.0 == kept.reference.description }.map(\.1)
        #expect(targets == [kept.digest, kept.digest])
    }

    @Test func theSamePackGivesTheSameBytes() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        let (one, two) = (scratch.path.appending("1"), scratch.path.appending("2"))
        try sample.layout(for: .master, to: one)
        try sample.layout(for: .master, to: two)
        #expect(try SHA256Hasher.hash(file: one) == SHA256Hasher.hash(file: two))
    }

    @Test func damageLeavesTheArchiveWithoutItsEnd() async throws {
        let scratch = try Scratch()
        let sample = try await SampleImages(scratch.path)
        var bytes = try FileSystem.read(sample.file, limit: 1 << 30)
        // Before the checksum of the stream, which is not looked at.
        bytes[bytes.count - 5] ^= 1
        try AtomicFile.write(bytes, to: sample.file)
        let tar = scratch.path.appending("layout.tar")
        #expect(throws: (any Error).self) { try sample.layout(for: .master, to: tar) }
        #expect(try FileSystem.read(tar, limit: 1 << 30).suffix(1024).contains { $0 != 0 })
    }
}
