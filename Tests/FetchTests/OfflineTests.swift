import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Runs without a network, from what earlier runs kept.
struct OfflineTests {
    private static let content = FetchBench.content(10_000)

    @Test func whatAnEarlierRunFetchedIsThereAndNobodyIsAsked() async throws {
        try await with { bench, server in
            let request = Self.published(server)
            let first = try await bench.cache().fetch(request)
            let asked = server.log.count
            let second = try await bench.cache(isOffline: true).fetch(request)
            #expect(second == first)
            #expect(server.log.count == asked)
        }
    }

    @Test func whatNobodyFetchedIsNamed() async throws {
        try await with { bench, server in
            let cache = bench.cache(isOffline: true)
            let url = "\(server.url)/file"
            let named = FetchError.notCached(name: "file", url: url)
            await #expect(throws: named) { try await cache.fetch(FetchBench.request(Self.content, server)) }
            await #expect(throws: named) { try await cache.document([url], name: "file", limit: 1000) }
            await #expect(throws: named) { try await cache.size(of: url) }
            #expect(named.category == .missingArtifact)
            #expect(server.log.isEmpty)
        }
    }

    @Test func aTransportWithoutANetworkConnectsToNobody() async throws {
        let transport = HTTPTransport(isOffline: true)
        try await with { bench, server in
            let cache = ArtifactCache(folder: bench.folder, transport: transport)
            await #expect(throws: FetchError.notCached(name: "sums", url: "\(server.url)/sums")) {
                try await cache.text("\(server.url)/sums")
            }
            #expect(server.log.isEmpty)
        }
        try await transport.shutdown()
    }

    @Test func aDocumentIsAlwaysAskedForWithANetworkAndRememberedForRunsWithout() async throws {
        try await with { bench, server in
            let urls = ["\(server.url)/count", "\(server.url)/mirror"]
            let first = try await bench.cache().document(urls, name: "count", limit: 100)
            #expect(first.contentType == "text/plain" && first.url == urls[0])
            let run = bench.cache()
            let second = try await run.document(urls, name: "count", limit: 100)
            #expect(String(decoding: second.bytes, as: UTF8.self).hasPrefix("1 "))
            // What the earlier run can be repeated with stays until the later one has all that it needs.
            let before = try await bench.cache(isOffline: true).document(urls, name: "count", limit: 100)
            #expect(before == first)
            try run.settle()
            #expect(try await bench.cache(isOffline: true).document(urls, name: "count", limit: 100) == second)
        }
    }

    @Test func whatCannotBeUsedIsNotRememberedAndTheNextIsAsked() async throws {
        struct Unusable: Diagnostic {
            var category: DiagnosticCategory { .upstreamMismatch }
            var message: String { "not what it should be" }
            var hint: String { "" }
        }
        try await with { bench, server in
            let urls = ["\(server.url)/count", "\(server.url)/sums"]
            let cache = bench.cache()
            let found = try await cache.document(urls, name: "count", limit: 100) { document in
                if document.url == urls[0] { throw Unusable() }
            }
            #expect(found.url == urls[1])
            #expect(bench.told.notes.contains { $0.contains("not what it should be") })
            await #expect(throws: FetchError.badAnswer(url: urls[0], reason: "not what it should be")) {
                try await cache.document([urls[0]], name: "count", limit: 100) { _ in throw Unusable() }
            }
            // The one that was taken is remembered, and by the first address.
            #expect(try await bench.cache(isOffline: true).document(urls, name: "count", limit: 100) == found)
        }
    }

    @Test func aDamagedMemoryIsNone() async throws {
        try await with { bench, server in
            let urls = ["\(server.url)/count"]
            _ = try await bench.cache().document(urls, name: "count", limit: 100)
            let folder = bench.folder.appending("documents")
            let path = folder.appending(try #require(try FileSystem.list(folder).first))
            let text = try #require(try FileSystem.text(path))
            // "0 " in base64, and "1 ".
            #expect(text.contains("MCA"))
            try AtomicFile.write(Array(text.replacing("MCA", with: "MSA").utf8), to: path)
            await #expect(throws: FetchError.notCached(name: "count", url: urls[0])) {
                try await bench.cache(isOffline: true).document(urls, name: "count", limit: 100)
            }
        }
    }

    @Test func theCacheSaysWhatItHas() async throws {
        try await with { bench, server in
            let digest = FetchBench.digest(Self.content)
            #expect(try await bench.cache().contains(digest) == nil)
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            let kept = try #require(try await bench.cache(isOffline: true).contains(digest))
            #expect(kept.path == artifact.path && kept.size == artifact.size && kept.sha256 == digest)
            try AtomicFile.write([1], to: artifact.path)
            #expect(try await bench.cache().contains(digest) == nil)
        }
    }

    private static func published(_ server: FaultServer) -> FetchRequest {
        FetchRequest(name: "file", url: "\(server.url)/file", expectation: .published(url: "\(server.url)/sums"))
    }

    private func with(_ body: (FetchBench, FaultServer) async throws -> Void) async throws {
        let sums = Array("\(FetchBench.digest(Self.content).hex)  file\n".utf8)
        let server = try await FaultServer { path, headers, count in
            switch path {
            case "/sums": .init(body: sums)
            case "/count":
                .init(
                    headers: [("Content-Type", "text/plain")],
                    body: Array("\(count) \(headers["Accept"].joined(separator: ","))".utf8))
            default: .file(Self.content, to: headers)
            }
        }
        let outcome: Result<Void, any Error>
        do {
            try await FetchBench.with { try await body($0, server) }
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try await server.stop()
        try outcome.get()
    }
}
