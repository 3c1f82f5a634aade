import BundleModel
import ContainerdTestSupport
import Host
import Signing
import Synchronization
import SystemPackage
import Testing

@testable import Containerd

/// Layers that are written without a blob between: here by tar, for layers that have nothing but files.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct DirectLayerTests {
    private final class TarApplier: DirectApplier {
        let refused: Set<SHA256Digest>
        let written = Mutex<[SHA256Digest]>([])

        init(refused: Set<SHA256Digest> = []) { self.refused = refused }

        func takes(_ blob: OCIDescriptor) -> Bool { true }

        func unpack(_ bytes: any BlobBytes, onto mounts: [SnapshotMount]) async throws -> SHA256Digest {
            let mount = try #require(mounts.first)
            let upper = mount.options.first { $0.hasPrefix("upperdir=") }.map { String($0.dropFirst(9)) }
            var tar: [UInt8] = []
            while let piece = try await bytes.next() { tar += piece }
            let digest = SHA256Hasher.hash(tar)
            let folder = upper ?? mount.source
            if refused.contains(digest) {
                // Late, with something written already.
                try AtomicFile.write([1], to: FilePath("\(folder)/half"))
                throw NotDirect(reason: "not this one")
            }
            let file = FilePath("\(folder)/../layer.tar")
            try AtomicFile.write(tar, to: file)
            try await SystemProcessRunner().require(Command("tar", ["-C", folder, "-xf", file.string]))
            try await SystemProcessRunner().require(Command("rm", [file.string]))
            written.withLock { $0.append(digest) }
            return digest
        }
    }

    private func load(
        _ containerd: ContainerdInstance, _ images: [TestImage], _ packs: [TestPack], _ applier: TarApplier
    ) async throws -> LoadSummary {
        try await ContainerdClient.connected(to: containerd.socket.string) {
            try await ImageLoader($0, direct: applier).load(images.map(\.image), from: packs)
        }
    }

    @Test func layersAreWrittenAndTheImageIsWhole() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let applier = TarApplier()
            let summary = try await load(containerd, images, [TestPack(images)], applier)
            #expect(summary.layers == 3)
            #expect(applier.written.withLock { Set($0) } == Set(images.flatMap { $0.layers.map(\.digest) }))
            #expect(try await containerd.contents() == LoadTests.expected(images))
            let files = try await LoadTests.files(containerd)
            #expect(files["base"] == "replaced" && files["own"] == "first")
        }
    }

    @Test func aLayerThatIsGivenUpIsUnpackedByContainerd() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let applier = TarApplier(refused: [LoadTests.first.digest])
            _ = try await load(containerd, images, [TestPack(images)], applier)
            #expect(applier.written.withLock { !$0.contains(LoadTests.first.digest) })
            #expect(try await containerd.contents() == LoadTests.expected(images))
            #expect(try await LoadTests.files(containerd)["half"] == nil)
        }
    }

    /// One of them is needed by two snapshots, and so goes through a blob.
    @Test func deepAndSharedLayersComeInTheirOrder() async throws {
        try await withContainerd { containerd in
            let layers = (0..<12).map { TestLayer(["file": "\($0)", "own\($0)": ""]) }
            let deep = try TestImage("registry.test/deep:1", layers)
            let short = try TestImage("registry.test/short:1", [layers[0], layers[11]])
            let applier = TarApplier()
            let summary = try await load(containerd, [deep, short], [TestPack([deep, short])], applier)
            #expect(summary.layers == 13)
            #expect(applier.written.withLock { $0 } == layers.dropLast().map(\.digest))
            #expect(try await containerd.contents() == LoadTests.expected([deep, short]))
        }
    }
}
