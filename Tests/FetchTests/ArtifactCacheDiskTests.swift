import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import Fetch

/// What is on the disk already: damaged, half there, or in another task's hands.
struct ArtifactCacheDiskTests {
    private static let content = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 13 ^ $0 >> 5) })
    private static let digest = SHA256Hasher.hash(content)

    @Test func aDamagedFileInTheCacheIsFetchedAgain() async throws {
        try await with { _, _, _ in
            .init(body: Self.content)
        } do: { cache, server, _ in
            let first = try await cache.fetch(request(server))
            try AtomicFile.write(Self.content.dropLast() + [0], to: first.path)
            let second = try await cache.fetch(request(server))
            #expect(try FileSystem.read(second.path) == Self.content)
            #expect(server.log.count == 2)
        }
    }

    @Test func aFileThatIsReplacedWhileItIsReadStays() async throws {
        try await with { _, _, _ in
            .init(status: .notFound)
        } do: { cache, _, _ in
            let path = cache.path(of: Self.digest)
            try FileSystem.makeDirectories(path.removingLastComponent())
            try AtomicFile.write(Self.content.dropLast() + [0], to: path)
            // Another task has fetched it just when this one has found the damage.
            let size = try await KeptFile(path, digest: Self.digest).size { _ in
                try? AtomicFile.write(Self.content, to: path)
            }
            #expect(size == nil)
            #expect(try FileSystem.read(path) == Self.content)
        }
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsLongForAnotherRunSaysSo() async throws {
        try await with { _, _, _ in
            .init(status: .notFound)
        } do: { _, _, folder in
            try FileSystem.makeDirectories(folder)
            let path = folder.appending("partial")
            var first: PartialFile? = try await PartialFile.open(path)
            let (told, tell) = AsyncStream<Void>.makeStream()
            let second = Task { try await PartialFile.open(path) { tell.yield() } }
            var notes = told.makeAsyncIterator()
            await notes.next()
            #expect(first != nil)
            first = nil
            _ = try await second.value
        }
    }

    @Test func aWrongBeginningIsNotContinuedForEver() async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers)
        } do: { cache, server, folder in
            let partial = folder.appending("partial/\(Self.digest.hex)")
            try FileSystem.makeDirectories(partial.removingLastComponent())
            try AtomicFile.write([UInt8](repeating: 0, count: 1000), to: partial)
            // 1000, as eight bytes with the lowest first.
            try AtomicFile.write([0xE8, 3, 0, 0, 0, 0, 0, 0], to: FilePath(partial.string + ".parts"))
            let state = #"{"schemaVersion":1,"url":"\#(server.url)/file","size":200000,"validator":"\"one\""}"#
            try AtomicFile.write(Array(state.utf8), to: FilePath(partial.string + ".state"))
            let artifact = try await cache.fetch(request(server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.log == ["GET /file bytes=1000-199999", "GET /file bytes=0-2097151"])
            #expect(try FileSystem.list(folder.appending("partial")).isEmpty)
        }
    }

    @Test func aFullDiskIsSaidAndTheNextRunGoesOn() async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers)
        } do: { cache, server, folder in
            let state = folder.appending("partial/\(Self.digest.hex).state.new")
            try FileSystem.makeDirectories(state.removingLastComponent())
            // What is written there meets a disk without a byte left.
            try FileManager.default.createSymbolicLink(atPath: state.string, withDestinationPath: "/dev/full")
            let error = await #expect(throws: FetchError.self) { try await cache.fetch(request(server)) }
            #expect(error?.category == .noSpace)
            #expect(server.log.count == 1)
            try FileSystem.remove(state)
            #expect(try await cache.fetch(request(server)).sha256 == Self.digest)
        }
    }

    @Test(.timeLimit(.minutes(10))) func manyTasksThatWantOneFileFetchItOnce() async throws {
        try await with { _, _, _ in
            .init(body: Self.content)
        } do: { cache, server, folder in
            let request = request(server)
            // More than there are threads: one that waits must not keep the one that works from going on.
            let artifacts = try await withThrowingTaskGroup(of: CachedArtifact.self) { group in
                for _ in 0..<64 { group.addTask { try await cache.fetch(request) } }
                return try await group.reduce(into: Set<CachedArtifact>()) { $0.insert($1) }
            }
            #expect(artifacts.count == 1)
            #expect(server.log.count == 1)
            #expect(try FileSystem.list(folder.appending("partial")).isEmpty)
        }
    }

    private func request(_ server: FaultServer) -> FetchRequest {
        FetchRequest(
            name: "file", url: "\(server.url)/file",
            expectation: .sha256(Self.digest, proof: UpstreamProof(kind: .matrixChecksum, source: "matrix")))
    }

    private func with(
        _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (ArtifactCache, FaultServer, FilePath) async throws -> Void
    ) async throws {
        let server = try await FaultServer(answer)
        let transport = HTTPTransport()
        let folder = FilePath("/tmp/kubeferry-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let outcome: Result<Void, any Error>
        do {
            let cache = ArtifactCache(
                folder: folder, transport: transport, retry: RetryPolicy(attempts: 3) { _, _ in })
            try await body(cache, server, folder)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try await server.stop()
        try await transport.shutdown()
        try outcome.get()
    }
}
