import BundleModel
import ContainerdTestSupport
import Host
import Signing
import SystemPackage
import Testing

@testable import Containerd

/// Images that are not what they say, and what is there already.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct RefusedImageTests {
    static func gzip(_ containerd: ContainerdInstance, _ layers: [TestLayer]) async throws -> [[UInt8]] {
        var blobs: [[UInt8]] = []
        for layer in layers {
            let path = containerd.folder.appending("layer")
            try AtomicFile.write(layer.tar, to: path)
            try await SystemProcessRunner().require(Command("gzip", ["-nf", path.string]))
            blobs.append(try FileSystem.read(FilePath("\(path.string).gz")))
        }
        return blobs
    }

    @Test(arguments: [true, false])
    func aLayerWithOtherContentIsRefusedAndNothingIsLeft(writtenDirectly: Bool) async throws {
        try await withContainerd { containerd in
            let image = try TestImage("registry.test/first:1", [LoadTests.base, LoadTests.first])
            var other = LoadTests.first.tar
            other[600] ^= 1
            let pack = TestPack([image], replacing: ["layers/sha256/\(LoadTests.first.digest.hex)": other])
            let error = await #expect(throws: ContainerdError.self) {
                try await ContainerdClient.connected(to: containerd.socket.string) {
                    try await ImageLoader($0, direct: writtenDirectly ? LayerFiles() : nil)
                        .load([image.image], from: [pack])
                }
            }
            switch error {
            case .wrongLayer(LoadTests.first.digest, _): #expect(writtenDirectly)
            // containerd's own words for a blob that is not what its reference says.
            case .refused(_, .failedPrecondition, _): #expect(!writtenDirectly)
            default: Issue.record("\(String(describing: error))")
            }
            #expect(try await containerd.contents() == [])
        }
    }

    @Test func aBlobThatUnpacksToAnotherLayerIsRefusedAndNothingIsLeft() async throws {
        try await withContainerd { containerd in
            let layers = [LoadTests.base, LoadTests.first]
            let blobs = try await Self.gzip(containerd, layers)
            let image = try TestImage(
                "registry.test/first:1", layers, diffIDs: [layers[0].digest, LoadTests.second.digest], blobs: blobs)
            let error = await #expect(throws: ContainerdError.self) {
                try await LoadTests.load(containerd, [image], [TestPack([image])])
            }
            #expect(
                error
                    == .wrongLayer(
                        expected: LoadTests.second.digest, actual: LoadTests.first.digest.description))
            #expect(try await containerd.contents() == [])
        }
    }

    @Test func anImageThatKeepsItsBlobsCanBeExported() async throws {
        try await withContainerd { containerd in
            let layers = [LoadTests.base, LoadTests.first]
            let image = try TestImage(
                "registry.test/first:1", layers, blobs: try await Self.gzip(containerd, layers))
            _ = try await LoadTests.load(containerd, [image], [TestPack([image])])
            try await containerd.collectGarbage()
            let blobs = image.blobs.map { "blob \(SHA256Hasher.hash($0))" }
            #expect(try await containerd.contents() == (LoadTests.expected([image]) + blobs).sorted())
            try await containerd.require("images", "export", "\(containerd.folder)/out.tar", "registry.test/first:1")
            #expect(try await containerd.require("images", "check").contains("complete (3/3)"))
        }
    }

    @Test func documentsThatWereThereGetTheirLabels() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await client.createLease("another", labels: [:])
                for (digest, bytes) in images[0].documents {
                    let written = try await client.leased("another").writeBlob(
                        digest, size: UInt64(bytes.count), reference: "x-\(digest)", MemoryBlob(bytes))
                    guard case .written = written else { throw Errno.fileExists }
                }
            }
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            try await containerd.require("leases", "rm", "another")
            try await containerd.collectGarbage()
            #expect(try await containerd.contents() == LoadTests.expected(images))
        }
    }

    @Test func aLabelThatWasLostIsSetAgain() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            let manifest = images[0].image.manifest.description
            try await containerd.require("content", "label", manifest, "containerd.io/gc.ref.content.config=")
            #expect(try await LoadTests.missing(containerd, images).count == 1)
            let summary = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(summary == LoadSummary(images: 1))
            #expect(try await LoadTests.missing(containerd, images) == [])
        }
    }

    @Test func aSnapshotThatAppearsMeanwhileIsTakenAsItIs() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            let folder = containerd.folder
            try await ContainerdClient.connected(to: containerd.socket.string) { client in
                let lease = try await LoadLease.take(client)
                let leased = client.leased(lease.id)
                let blob = OCIDescriptor(
                    mediaType: .layer(.none), digest: LoadTests.base.digest,
                    size: UInt64(LoadTests.base.tar.count))
                let applier = DiffApplier(client: leased, lease: lease)
                _ = try await applier.take(blob, labels: [:], from: MemoryBlob(LoadTests.base.tar))
                let maker = SnapshotMaker(
                    client: leased, applier: applier, lease: lease, snapshotter: "overlayfs",
                    gate: SyncGate(folder))
                let step = LoadPlan.Step(chain: blob.digest, parent: nil, diffID: blob.digest, blob: blob)
                try await maker.make(step, on: try await maker.prepare(step))
                try await client.deleteLease(lease.id, collecting: true)
            }
            #expect(try await containerd.contents() == LoadTests.expected(images))
        }
    }
}
