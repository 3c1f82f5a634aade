import BundleModel
import ContainerdTestSupport
import Host
import Signing
import Synchronization
import SystemPackage
import Testing

@testable import Containerd

/// What a power cut leaves, made by hand: containerd's records know more than its files hold.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct PowerLossTests {
    @Test func aDocumentWithoutItsFileIsWrittenAgain() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            for (digest, bytes) in images[0].documents {
                try await ContainerdClient.connected(to: containerd.socket.string) { client in
                    // One that is not ours holds it, so that no clean-up comes first.
                    if try await !client.leaseIDs().contains("another") {
                        try await client.createLease("another", labels: [:])
                    }
                    _ = try await client.leased("another").writeBlob(
                        digest, size: UInt64(bytes.count), reference: "another-\(digest.hex)", MemoryBlob(bytes))
                }
                try Self.loseFile(digest, containerd)
            }
            try await containerd.restart()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await containerd.contents() == (LoadTests.expected(images) + ["lease another"]).sorted())
            for (digest, bytes) in images[0].documents {
                #expect(SHA256Hasher.hash(bytes) == digest && Self.size(digest, containerd) == bytes.count)
            }
        }
    }

    @Test func aKeptBlobWithoutItsFileIsWrittenAgain() async throws {
        try await withContainerd { containerd in
            let layers = [LoadTests.base]
            let blobs = try await RefusedImageTests.gzip(containerd, layers)
            let images = [try TestImage("registry.test/kept:1", layers, blobs: blobs)]
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            let before = try await containerd.contents()
            let digest = SHA256Hasher.hash(blobs[0])
            try Self.loseFile(digest, containerd)
            #expect(try await LoadTests.missing(containerd, images).count == 1)
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await containerd.contents() == before)
            #expect(Self.size(digest, containerd) == blobs[0].count)
            #expect(try await LoadTests.missing(containerd, images) == [])
        }
    }

    @Test(arguments: [["startedat"], ["updatedat"], ["ref"], ["startedat", "ref", "data"]])
    func aWriteThatLostItsFilesStopsNoLoadAndGoes(_ lost: [String]) async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await client.createLease("kubeferry-dead", labels: [:])
                let layer = LoadTests.base
                // Ends before its size: it stays open.
                _ = try? await client.leased("kubeferry-dead").writeBlob(
                    layer.digest, size: UInt64(layer.tar.count), reference: "kubeferry-dead-y",
                    MemoryBlob(Array(layer.tar.prefix(5000))))
            }
            let open = FilePath("\(Self.store(containerd))/ingest")
            for name in try FileSystem.list(open) {
                for file in lost { try AtomicFile.write([], to: open.appending(name).appending(file)) }
            }
            try await containerd.restart()
            if lost != ["ref"] {
                // containerd cannot list any then.
                await #expect(throws: ContainerdError.self) {
                    try await ContainerdClient.connected(to: containerd.socket.string) { try await $0.openWrites() }
                }
            }
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await containerd.contents() == LoadTests.expected(images))
            #expect(try FileSystem.list(open) == [])
        }
    }

    /// A cut between the first things that containerd does for a write leaves it without a time, or with nothing at all.
    @Test func aWriteThatHadOnlyBegunGoesUnlessThisContainerdBeganIt() async throws {
        try await withContainerd { containerd in
            let open = FilePath("\(Self.store(containerd))/ingest")
            let begun: [(name: String, files: [String])] = [("a", []), ("b", ["ref"]), ("c", ["ref", "startedat"])]
            func begin(_ suffix: String) throws {
                for (name, files) in begun {
                    let write = open.appending(name + suffix)
                    try FileSystem.makeDirectories(write)
                    for file in files { try AtomicFile.write(Array("x".utf8), to: write.appending(file)) }
                }
            }
            try begin("-earlier")
            try await containerd.restart()
            try begin("-now")
            let images = try LoadTests.images()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try FileSystem.list(open).sorted() == ["a-now", "b-now", "c-now"])
        }
    }

    /// containerd makes a snapshot's folder before it writes down that there is one.
    @Test func foldersWithoutASnapshotGo() async throws {
        try await withContainerd { containerd in
            let folder = containerd.folder.appending("root/io.containerd.snapshotter.v1.overlayfs/snapshots")
            for name in ["new-1234567", "4711"] {
                try FileSystem.makeDirectories(folder.appending(name).appending("fs/etc"))
            }
            let images = try LoadTests.images()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            let left = try FileSystem.list(folder)
            #expect(!left.isEmpty && left.allSatisfy { $0.count < 4 }, "\(left)")
        }
    }

    @Test func whatALoadLeftThatWasKilledAtItsEndGoesWithTheNext() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await client.createLease("kubeferry-dead", labels: [:])
                let layer = LoadTests.base
                _ = try await client.leased("kubeferry-dead").writeBlob(
                    layer.digest, size: UInt64(layer.tar.count), reference: "kubeferry-dead-y", MemoryBlob(layer.tar))
            }
            #expect(try await LoadTests.load(containerd, images, [TestPack(images)]) == LoadSummary())
            #expect(try await containerd.contents() == LoadTests.expected(images))
        }
    }

    @Test func aKeptBlobIsLabelledOnceItsSnapshotIsThere() async throws {
        try await withContainerd { containerd in
            let layers = [LoadTests.base, LoadTests.first]
            let blobs = try await RefusedImageTests.gzip(containerd, layers)
            let image = try TestImage("registry.test/kept:1", layers, blobs: blobs)
            let sink = CancellingSink()
            let socket = containerd.socket.string
            let load = Task {
                try await ContainerdClient.connected(to: socket) {
                    try await ImageLoader($0).load([image.image], from: [TestPack([image])], progress: sink)
                }
            }
            sink.task.withLock { $0 = load }
            _ = try? await load.value
            try await ContainerdClient.connected(to: socket) { client in
                #expect(try await client.hasSnapshot(image.chains[0], "overlayfs"))
                for (index, chain) in image.chains.enumerated() where try await client.hasSnapshot(chain, "overlayfs") {
                    let labels = try await client.blobLabels(SHA256Hasher.hash(blobs[index]))
                    #expect(labels?["containerd.io/uncompressed"] == layers[index].digest.description)
                }
            }
        }
    }

    /// Ends a load once its first snapshot is made.
    private final class CancellingSink: ProgressSink {
        let task = Mutex<Task<LoadSummary, any Error>?>(nil)

        func report(_ event: ProgressEvent) {
            if event.kind == .note { task.withLock { $0?.cancel() } }
        }
    }

    private static func store(_ containerd: ContainerdInstance) -> String {
        "\(containerd.folder)/root/io.containerd.content.v1.content"
    }

    private static func file(_ digest: SHA256Digest, _ containerd: ContainerdInstance) -> FilePath {
        FilePath("\(store(containerd))/blobs/sha256/\(digest.hex)")
    }

    /// The rename that gave it its name was not on the disk yet; the record was.
    private static func loseFile(_ digest: SHA256Digest, _ containerd: ContainerdInstance) throws {
        try #require(FileSystem.exists(file(digest, containerd)))
        try FileSystem.remove(file(digest, containerd))
    }

    private static func size(_ digest: SHA256Digest, _ containerd: ContainerdInstance) -> Int? {
        try? FileSystem.read(file(digest, containerd)).count
    }
}
