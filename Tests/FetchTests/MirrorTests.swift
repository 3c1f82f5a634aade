import BundleModel
import Fetch
import Host
import NIOHTTP1
import Synchronization
import TestSupport
import Testing
import UpstreamTestSupport

/// Several addresses for one file.
struct MirrorTests {
    private static let content = FetchBench.content(3 << 20)

    @Test(arguments: [404, 403, 500, 503])
    func whereOneFailsTheNextIsAskedAndThatIsSaid(_ status: Int) async throws {
        try await with { _, _ in
            .init(status: HTTPResponseStatus(statusCode: status))
        } mirror: { headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, first, mirror in
            _ = try await bench.cache().fetch(FetchBench.request(Self.content, first, mirror))
            #expect(first.log.count == 1)
            #expect(bench.told.notes.contains { $0.contains("\(status)") && $0.hasSuffix("trying \(mirror.url)") })
        }
    }

    @Test(arguments: [true, false])
    func aWrongDigestFromOneAndTheRightOneFromTheNextIsASuccessWithANote(inParts: Bool) async throws {
        try await with { headers, _ in
            inParts ? .file(Self.content.reversed(), to: headers) : .init(body: Self.content.reversed())
        } mirror: { headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, first, mirror in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, first, mirror))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(bench.told.notes.contains { $0.hasPrefix("\(first.url)/file is sha256:") })
        }
    }

    @Test func aMirrorGoesOnWhereTheOtherBroke() async throws {
        try await with { headers, count in
            count == 0
                ? .file(Self.content, to: headers, cutAfter: 1_500_000)
                : .file(Self.content, to: headers, stallAfter: 0)
        } mirror: { headers, _ in
            .file(Self.content, to: headers, tag: "\"another server's\"")
        } do: { bench, first, mirror in
            let artifact = try await bench.cache(attempts: 1).fetch(
                FetchBench.request(Self.content, first, mirror, size: true))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            // Not from its start: what the first one sent was kept.
            #expect(mirror.sent < Self.content.count)
            #expect(!mirror.log.contains("GET /file bytes=0-2097151"))
        }
    }

    @Test func bytesOfTwoServersThatDoNotFitAreFetchedAgain() async throws {
        let isMirrorAsked = Mutex(false)
        try await with { headers, count in
            if count == 0 { return .file(Self.content, to: headers, cutAfter: 1_500_000) }
            return isMirrorAsked.withLock { $0 } ? .file(Self.content, to: headers) : .init(status: .badGateway)
        } mirror: { headers, _ in
            isMirrorAsked.withLock { $0 = true }
            return .file(Self.content.reversed(), to: headers, tag: "\"wrong\"")
        } do: { bench, first, mirror in
            // The mirror has something else of the same size: only the digest tells.
            let request = FetchBench.request(Self.content, first, mirror, size: true)
            let artifact = try await bench.cache(attempts: 2).fetch(request)
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(mirror.log.contains("GET /file bytes=0-2097151"))
        }
    }

    @Test func aHostThatDoesNotAnswerIsAskedLastFromThenOn() async throws {
        try await with { _, _ in
            .init(status: .serviceUnavailable)
        } mirror: { headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, first, mirror in
            let cache = bench.cache()
            let one = try await cache.fetch(FetchBench.request(Self.content, first, mirror))
            try FileSystem.remove(one.path)
            _ = try await cache.fetch(FetchBench.request(Self.content, first, mirror))
            #expect(first.log.count == 1)
        }
    }

    @Test func whereNobodyHasItTheCanonicalAddressIsNamed() async throws {
        try await with { _, _ in
            .init(status: .notFound)
        } mirror: { _, _ in
            .init(status: .internalServerError)
        } do: { bench, first, mirror in
            await #expect(throws: FetchError.notFound(url: "\(first.url)/file")) {
                try await bench.cache().fetch(FetchBench.request(Self.content, first, mirror))
            }
            // What may pass is asked for again, what does not exist is not.
            #expect(first.log.count == 1 && mirror.log.count == 3)
        }
    }

    @Test func credentialsAreForTheCanonicalHostAlone() async throws {
        try await with { _, _ in
            .init(status: .notFound)
        } mirror: { headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, first, mirror in
            var request = FetchBench.request(Self.content, first, mirror)
            request.authorization = "Bearer secret"
            _ = try await bench.cache().fetch(request)
            #expect(first.authorizations == ["Bearer secret"])
            #expect(!mirror.authorizations.isEmpty && mirror.authorizations.allSatisfy { $0 == nil })
        }
    }

    @Test func aChecksumFileHasMirrorsTooAndTheProofNamesTheCanonicalOne() async throws {
        let digest = FetchBench.digest(Self.content)
        try await with { _, _ in
            .init(status: .serviceUnavailable)
        } mirror: { headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, first, mirror in
            let sums = try await FaultServer { _, _, _ in .init(body: Array("\(digest.hex)  file\n".utf8)) }
            let artifact = try await bench.cache().fetch(
                FetchRequest(
                    name: "file", urls: ["\(first.url)/file", "\(mirror.url)/file"],
                    expectation: .published(url: "\(first.url)/sums", mirrors: ["\(sums.url)/sums"])))
            #expect(artifact.proof == UpstreamProof(kind: .publishedChecksum, source: "\(first.url)/sums"))
            try await sums.stop()
        }
    }

    private func with(
        first: @escaping @Sendable (HTTPHeaders, Int) -> FaultServer.Reply,
        mirror: @escaping @Sendable (HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (FetchBench, FaultServer, FaultServer) async throws -> Void
    ) async throws {
        try await FetchBench.with { bench in
            let servers = (
                try await FaultServer { _, headers, count in first(headers, count) },
                try await FaultServer { _, headers, count in mirror(headers, count) }
            )
            let outcome: Result<Void, any Error>
            do {
                try await body(bench, servers.0, servers.1)
                outcome = .success(())
            } catch { outcome = .failure(error) }
            try await servers.0.stop()
            try await servers.1.stop()
            try outcome.get()
        }
    }

    @Test func aChecksumFileWithoutTheChecksumIsAskedForElsewhere() async throws {
        let digest = FetchBench.digest(Self.content)
        try await with { headers, _ in
            .init(body: Array("maintenance, come back later".utf8))
        } mirror: { headers, _ in
            headers.contains(name: "Range") ? .file(Self.content, to: headers) : .init(body: Array(digest.hex.utf8))
        } do: { bench, first, mirror in
            let artifact = try await bench.cache().fetch(
                FetchRequest(
                    name: "file", urls: ["\(mirror.url)/file"],
                    expectation: .published(url: "\(first.url)/file.sha256", mirrors: ["\(mirror.url)/file.sha256"])))
            #expect(artifact.sha256 == digest)
            #expect(bench.told.notes.contains { $0.contains("no SHA-256") && $0.hasSuffix("trying \(mirror.url)") })
        }
    }

    /// Servers say so with a page of their own.
    @Test func aRangeThatAServerDoesNotHaveIsNoWebPage() async throws {
        let long = Self.content + Self.content
        try await with { headers, count in
            count == 0 ? .file(long, to: headers, cutAfter: 4_000_000) : .init(status: .notFound)
        } mirror: { headers, _ in
            let isBehind = headers.first(name: "Range").map { $0 != "bytes=0-2097151" } ?? false
            return isBehind
                ? .init(
                    status: .rangeNotSatisfiable, headers: [("Content-Type", "text/html")], body: Array("<html>".utf8))
                : .init(body: Self.content)
        } do: { bench, first, mirror in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, first, mirror))
            #expect(try FileSystem.read(artifact.path) == Self.content)
        }
    }
}
