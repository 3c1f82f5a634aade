import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import Synchronization
import SystemPackage
import Testing
import UpstreamTestSupport

/// Upstreams that put off, send in circles or send too much.
struct RefusalTests {
    private static let content = FetchBench.content(50_000)
    /// 1994-11-06 08:49:00 UTC.
    private static let clock = FixedWallClock(secondsSince1970: 784_111_740)

    @Test(arguments: [429, 503], [nil, "9", "Sun, 06 Nov 1994 08:49:37 GMT"])
    func aBusyServerIsGivenTheTimeThatItAsksFor(_ status: Int, _ header: String?) async throws {
        let waits = Mutex<[Int?]>([])
        let headers = header.map { [("Retry-After", $0)] } ?? []
        let server = try await FaultServer { _, _, count in
            count < 2
                ? .init(status: HTTPResponseStatus(statusCode: status), headers: headers) : .init(body: Self.content)
        }
        try await FetchBench.with { bench in
            let transport = HTTPTransport(clock: Self.clock)
            let retry = RetryPolicy(attempts: 3) { _, asked in waits.withLock { $0.append(asked) } }
            let cache = ArtifactCache(folder: bench.folder, transport: transport, retry: retry)
            _ = try await cache.fetch(FetchBench.request(Self.content, server))
            try await transport.shutdown()
        }
        try await server.stop()
        let expected = header.map { $0 == "9" ? 9 : 37 }
        #expect(waits.withLock { $0 } == [expected, expected])
    }

    @Test func endlessRedirectsEnd() async throws {
        let server = try await FaultServer { path, _, count in
            .init(status: .found, headers: [("Location", "\(path)\(count % 2)")])
        }
        try await FetchBench.with { bench in
            let error = await #expect(throws: FetchError.self) {
                try await bench.cache().fetch(FetchBench.request(Self.content, server))
            }
            #expect(error?.category == .upstreamMismatch)
            #expect(error?.message.contains("ten redirects") == true)
            #expect(server.log.count == 10)
        }
        try await server.stop()
    }

    @Test(arguments: ["http+unix://%2Fvar%2Frun%2Fx.sock/file", "unix:///var/run/x.sock"])
    func aRedirectToThisMachinesSocketsIsRefused(_ target: String) async throws {
        let server = try await FaultServer { _, _, _ in .init(status: .found, headers: [("Location", target)]) }
        try await FetchBench.with { bench in
            let error = await #expect(throws: FetchError.self) {
                try await bench.cache().fetch(FetchBench.request(Self.content, server))
            }
            #expect(error?.category == .upstreamMismatch)
            #expect(server.log.count == 1)
        }
        try await server.stop()
    }

    @Test func whatARedirectAddsToAnAddressIsNotTold() async throws {
        let store = try await FaultServer { path, _, _ in
            .init(status: path == "/store?signature=secret" ? .forbidden : .notFound)
        }
        let place = "\(store.url)/store"
        let server = try await FaultServer { _, _, _ in
            .init(status: .found, headers: [("Location", "\(place)?signature=secret")])
        }
        try await FetchBench.with { bench in
            let error = await #expect(throws: FetchError.self) {
                try await bench.cache().fetch(FetchBench.request(Self.content, server))
            }
            #expect(error == .refused(url: place, status: 403, retryAfter: nil))
        }
        try await server.stop()
        try await store.stop()
    }

    @Test(arguments: [true, false])
    func aDocumentWithoutAnEndIsRefused(isLengthTold: Bool) async throws {
        let server = try await FaultServer { _, _, _ in
            // A gigabyte by its header, or simply more and more.
            isLengthTold
                ? .init(body: Self.content, stallAfter: 50_000, length: 1 << 30)
                : .init(body: Self.content, isChunked: true)
        }
        try await FetchBench.with { bench in
            let error = await #expect(throws: FetchError.self) {
                try await bench.cache().document(["\(server.url)/index.json"], name: "index", limit: 10_000)
            }
            #expect(error?.category == .upstreamMismatch)
            #expect(error?.message.contains("more than 10000 bytes") == true)
            #expect(server.log.count == 1)
        }
        try await server.stop()
    }

    @Test func anErrorPageThatClaimsSuccessIsNotKept() async throws {
        let page = Array(#"{"error":"quota exceeded"}"#.utf8)
        let server = try await FaultServer { _, _, _ in
            .init(headers: [("Content-Type", "application/json")], body: page)
        }
        try await FetchBench.with { (bench) async throws in
            let request = FetchBench.request(Self.content, server)
            let url = "\(server.url)/file"
            await #expect(
                throws: FetchError.wrongDigest(
                    url: url, expected: FetchBench.digest(Self.content), actual: FetchBench.digest(page))
            ) { try await bench.cache().fetch(request) }
            #expect(try await bench.cache().contains(FetchBench.digest(Self.content)) == nil)
            // With its size known the error says so without reading on.
            let sized = FetchBench.request(Self.content, server, size: true)
            await #expect(throws: FetchError.wrongSize(url: url, expected: 50_000, actual: UInt64(page.count))) {
                try await bench.cache().fetch(sized)
            }
        }
        try await server.stop()
    }

    @Test func aCancelledFetchEndsAndTheNextRunGoesOn() async throws {
        let content = FetchBench.content(4 << 20)
        let server = try await FaultServer { _, headers, count in
            .file(content, to: headers, stallAfter: count == 0 ? 1_000_000 : nil)
        }
        try await FetchBench.with { bench in
            let (cache, request) = (bench.cache(), FetchBench.request(content, server))
            let fetching = Task { try await cache.fetch(request) }
            // All but the rest of the first answer, which does not come.
            while try bench.received(content) < 1_000_000 + (2 << 20) { try await Task.sleep(for: .milliseconds(20)) }
            fetching.cancel()
            await #expect(throws: (any Error).self) { try await fetching.value }
            let before = server.sent
            let received = try bench.received(content)
            _ = try await cache.fetch(request)
            #expect(server.sent - before == content.count - received)
        }
        try await server.stop()
    }
}
