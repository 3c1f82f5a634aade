import BundleModel
import ContainerdTestSupport
import Host
import Synchronization
import SystemPackage
import Testing

@testable import Containerd

#if canImport(Glibc)
    import Glibc
#endif

/// Loads that are cut off, and what the next one makes of what they left.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct InterruptionTests {
    private struct Stop: Error {}

    @Test func aLoadThatWasCancelledIsCompletedByTheNext() async throws {
        let images = try LoadTests.images()
        let count = TestPack(images).members.count
        for point in 0..<(2 * count) {
            try await withContainerd { containerd in
                let canceller = Mutex<Task<LoadSummary, any Error>?>(nil)
                let seen = Mutex(0)
                let pack = TestPack(images) { _ in
                    let number = seen.withLock { seen in
                        defer { seen += 1 }
                        return seen
                    }
                    if number == point { canceller.withLock { $0?.cancel() } }
                }
                let socket = containerd.socket.string
                let task = canceller.withLock { kept in
                    let task = Task { try await LoadTests.load(socket, images, [pack]) }
                    kept = task
                    return task
                }
                // The last points come after the last member.
                _ = try? await task.value
                _ = try await LoadTests.load(containerd, images, [TestPack(images)])
                #expect(try await containerd.contents() == LoadTests.expected(images), "cancelled at \(point)")
            }
        }
    }

    @Test func containerdsEndIsAnErrorAndTheNextLoadCompletes() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let process = await containerd.pid
            let layer = "layers/sha256/\(LoadTests.first.digest.hex)"
            let pack = TestPack(images) { if $0.path == layer { kill(process, SIGKILL) } }
            await #expect(throws: ContainerdError.self) { try await LoadTests.load(containerd, images, [pack]) }
            try await containerd.restart(kill: true)
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await containerd.contents() == LoadTests.expected(images))
        }
    }

    /// containerd is in the middle of a write when its lease goes: what it makes of it after that, nobody would find.
    @Test func aWriteThatIsCutOffIsOverBeforeItsLeaseGoes() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let blobs = images.flatMap(\.documents)
            let folder = containerd.folder.appending("root/io.containerd.content.v1.content/ingest")
            for turn in 0..<60 {
                try await ContainerdClient.connected(to: containerd.socket.string) { client in
                    let lease = try await LoadLease.take(client)
                    let leased = client.leased(lease.id)
                    let writing = Task {
                        for (digest, bytes) in blobs {
                            _ = try await leased.writeBlob(
                                digest, size: UInt64(bytes.count), reference: lease.name(digest.hex), MemoryBlob(bytes))
                        }
                    }
                    try await Task.sleep(for: .microseconds(turn * 100))
                    writing.cancel()
                    _ = try? await writing.value
                    try await lease.giveUp(client)
                }
                let left = try FileSystem.list(folder)
                #expect(left == [], "turn \(turn)")
            }
        }
    }

    @Test func aPackThatCannotBeReadLeavesNothing() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let layer = "layers/sha256/\(LoadTests.second.digest.hex)"
            let pack = TestPack(images) { if $0.path == layer { throw Stop() } }
            await #expect(throws: Stop.self) { try await LoadTests.load(containerd, images, [pack]) }
            #expect(try await containerd.contents() == [])
        }
    }

    @Test func whatAKilledRunLeftGoes() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await client.createLease("kubeferry-dead", labels: [:])
                try await client.createLease("another", labels: [:])
                let dead = client.leased("kubeferry-dead")
                _ = try await dead.prepareSnapshot("kubeferry-dead-x", parent: nil, "overlayfs")
                let layer = LoadTests.base
                // Ends before its size: it stays open.
                _ = try? await dead.writeBlob(
                    layer.digest, size: UInt64(layer.tar.count), reference: "kubeferry-dead-y",
                    MemoryBlob(Array(layer.tar.prefix(5000))))
            }
            #expect(try await containerd.contents().count == 4)
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await containerd.contents() == (LoadTests.expected(images) + ["lease another"]).sorted())
        }
    }
}
