import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import SystemPackage
import Testing
import UpstreamTestSupport

/// Upstreams that lie, stall, break off or refuse.
struct ArtifactCacheTests {
    private static let content = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) })
    private static let digest = SHA256Hasher.hash(content)

    @Test(arguments: ["HEX\n", "HEX  kubelet\n", "HEX *kubelet\n", "0000  other\nHEX  ./bin/kubelet\n"])
    func aFileWithItsPublishedChecksumIsKept(_ format: String) async throws {
        let text = format.replacing("HEX", with: Self.digest.hex)
        try await with { path, _, _ in
            .init(body: path.hasSuffix(".sha256") ? Array(text.utf8) : Self.content)
        } do: {
            cache, server in
            let artifact = try await cache.fetch(published(server))
            #expect(artifact.sha256 == Self.digest && artifact.size == UInt64(Self.content.count))
            #expect(artifact.proof == UpstreamProof(kind: .publishedChecksum, source: "\(server.url)/kubelet.sha256"))
            #expect(try FileSystem.read(artifact.path) == Self.content)
        }
    }

    @Test func whatIsInTheCacheIsNotAskedForAgain() async throws {
        try await with { _, _, _ in
            .init(body: Self.content)
        } do: { cache, server in
            _ = try await cache.fetch(pinned(server))
            _ = try await cache.fetch(pinned(server))
            #expect(server.log == ["GET /kubelet bytes=0-2097151"])
        }
    }

    @Test func aBrokenConnectionIsContinuedWhereItBroke() async throws {
        try await with { _, headers, count in
            .file(Self.content, to: headers, cutAfter: count == 0 ? 100_000 : nil)
        } do: { cache, server in
            let artifact = try await cache.fetch(pinned(server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.log.count == 2 && server.log[1].hasSuffix("-299999"))
            #expect(server.sent <= Self.content.count + 100_000)
        }
    }

    @Test func contentThatChangedInBetweenIsFetchedFromTheStart() async throws {
        try await with { _, headers, count in
            // The first answer belongs to another version; If-Range then gives the whole new one.
            count == 0
                ? .init(headers: [("ETag", "\"old\"")], body: Self.content.reversed(), cutAfter: 50_000)
                : .init(headers: [("ETag", "\"new\"")], body: Self.content)
        } do: { cache, server in
            let artifact = try await cache.fetch(pinned(server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
        }
    }

    @Test func wrongContentIsRefusedAndNotKept() async throws {
        try await with { _, _, _ in
            .init(body: Array("something else".utf8))
        } do: { cache, server in
            let actual = SHA256Hasher.hash(Array("something else".utf8))
            let expected = FetchError.wrongDigest(url: "\(server.url)/kubelet", expected: Self.digest, actual: actual)
            await #expect(throws: expected) { try await cache.fetch(pinned(server)) }
            #expect(!FileSystem.exists(cache.path(of: Self.digest)))
        }
    }

    @Test func aWebPageInAFilesPlaceIsNamed() async throws {
        try await with { _, _, _ in
            .init(headers: [("Content-Type", "text/html; charset=utf-8")], body: Array("<html>log in</html>".utf8))
        } do: { cache, server in
            await #expect(throws: FetchError.html(url: "\(server.url)/kubelet")) {
                try await cache.fetch(pinned(server))
            }
        }
    }

    @Test(arguments: [(404, 1), (401, 1), (403, 1), (500, 3), (503, 3)])
    func aStatusIsAnErrorAndOnlyPassingOnesAreTriedAgain(_ status: Int, tries: Int) async throws {
        try await with { _, _, _ in
            .init(status: HTTPResponseStatus(statusCode: status))
        } do: { cache, server in
            let error = await #expect(throws: FetchError.self) { try await cache.fetch(pinned(server)) }
            let categories: [Int: DiagnosticCategory] = [
                404: .missingArtifact, 401: .upstreamRefused, 403: .upstreamRefused,
            ]
            #expect(error?.category == categories[status] ?? .upstreamUnreachable)
            #expect(server.log.count == tries)
        }
    }

    @Test func tooManyRequestsWaitsAsLongAsTheServerAsks() async throws {
        try await with { _, _, count in
            count == 0
                ? .init(status: .tooManyRequests, headers: [("Retry-After", "7")]) : .init(body: Self.content)
        } do: { cache, server in
            _ = try await cache.fetch(pinned(server))
            #expect(server.log.count == 2)
        }
    }

    @Test func aStalledConnectionIsGivenUp() async throws {
        try await with(stallSeconds: 1) { _, _, _ in
            .init(body: Self.content, stallAfter: 1000)
        } do: { cache, server in
            await #expect(throws: FetchError.stalled(url: "\(server.url)/kubelet", seconds: 1)) {
                try await cache.fetch(pinned(server))
            }
        }
    }

    @Test func nobodyAtTheAddressIsUnreachable() async throws {
        try await with { _, _, _ in
            .init()
        } do: { cache, server in
            try await server.stop()
            let error = await #expect(throws: FetchError.self) { try await cache.fetch(pinned(server)) }
            #expect(error?.category == .upstreamUnreachable)
        }
    }

    @Test func credentialsDoNotFollowARedirectToAnotherHost() async throws {
        let other = try await FaultServer { _, _, _ in .init(body: Self.content) }
        try await with { _, _, _ in
            .init(status: .found, headers: [("Location", "\(other.url)/elsewhere")])
        } do: {
            cache, server in
            var request = pinned(server)
            request.authorization = "Bearer secret"
            _ = try await cache.fetch(request)
            #expect(server.authorizations == ["Bearer secret"])
            #expect(other.authorizations == [nil])
        }
        try await other.stop()
    }

    private func pinned(_ server: FaultServer) -> FetchRequest {
        FetchRequest(
            name: "kubelet", url: "\(server.url)/kubelet",
            expectation: .sha256(Self.digest, proof: UpstreamProof(kind: .matrixChecksum, source: "matrix")))
    }

    private func published(_ server: FaultServer) -> FetchRequest {
        FetchRequest(
            name: "kubelet", url: "\(server.url)/kubelet", expectation: .published(url: "\(server.url)/kubelet.sha256"))
    }

    private func with(
        stallSeconds: Int = 60, _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (ArtifactCache, FaultServer) async throws -> Void
    ) async throws {
        let server = try await FaultServer(answer)
        let transport = HTTPTransport(stallSeconds: stallSeconds)
        let folder = FilePath("/tmp/kubeferry-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let cache = ArtifactCache(
            folder: folder, transport: transport,
            retry: RetryPolicy(attempts: 3) { _, retryAfter in
                // The wait itself is the policy's; here only what it is told matters.
                if let retryAfter { #expect(retryAfter == 7) }
            })
        do { try await body(cache, server) } catch {
            try? await server.stop()
            try await transport.shutdown()
            throw error
        }
        try? await server.stop()
        try await transport.shutdown()
    }
}
