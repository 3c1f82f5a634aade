import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import Synchronization
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Large files: fetched in parts, and gone on with by the next run.
struct PartsTests {
    private static let content = FetchBench.content(9 << 20 | 12_345)

    @Test(arguments: [true, false])
    func partsGiveTheFileAndNoByteIsSentTwice(isSizeKnown: Bool) async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, server in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, server, size: isSizeKnown))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.sent == Self.content.count)
            #expect(server.log.count > 4)
            #expect(try FileSystem.list(bench.folder.appending("partial")).isEmpty)
        }
    }

    @Test func ofAServerThatGivesLessThanAskedNoByteIsSentTwice() async throws {
        try await with { _, headers, _ in
            let asked = headers.first(name: "Range") ?? ""
            let ends = asked.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            var shorter = headers
            if ends.count == 2 {
                let last = min(ends[1], ends[0] + 299_999)
                shorter.replaceOrAdd(name: "Range", value: "bytes=\(ends[0])-\(last)")
            }
            return .file(Self.content, to: shorter)
        } do: { bench, server in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.sent == Self.content.count)
        }
    }

    @Test func aServerThatKnowsNoRangesSendsTheWholeOnce() async throws {
        try await with { _, _, _ in
            .init(body: Self.content)
        } do: { bench, server in
            _ = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(server.log == ["GET /file bytes=0-2097151"])
        }
    }

    @Test func withoutALengthTheWholeComesInOneStream() async throws {
        try await with { _, _, _ in
            .init(body: Self.content, isChunked: true)
        } do: { bench, server in
            _ = try await bench.cache().fetch(FetchBench.request(Self.content, server, size: true))
            #expect(server.log.count == 1)
        }
    }

    @Test func withoutAValidatorThereAreNoParts() async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers, tag: nil)
        } do: { bench, server in
            _ = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(server.log == ["GET /file bytes=0-2097151", "GET /file"])
        }
    }

    @Test func contentThatChangesBetweenPartsIsStartedOver() async throws {
        try await with { _, headers, count in
            count == 0
                ? .file(Self.content.reversed(), to: headers, tag: "\"old\"")
                : .file(Self.content, to: headers, tag: "\"new\"")
        } do: { bench, server in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.log.contains("GET /file"))
        }
    }

    @Test(arguments: ["bytes 5-2097156/SIZE", "bytes 0-2097151/7", "nonsense", "bytes 0-2097151/99999999999999999"])
    func aPartThatIsNotWhatWasAskedForIsNotUsed(_ range: String) async throws {
        let told = range.replacing("SIZE", with: "\(Self.content.count)")
        try await with { _, headers, _ in
            guard headers.contains(name: "Range") else { return .init(body: Self.content) }
            return .init(
                status: .partialContent, headers: [("Content-Range", told), ("ETag", "\"one\"")],
                body: Array(Self.content[..<(2 << 20)]))
        } do: { bench, server in
            let artifact = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
            #expect(server.log.last == "GET /file")
        }
    }

    @Test func aServerThatRefusesRangesIsAskedForTheWhole() async throws {
        try await with { _, headers, _ in
            headers.contains(name: "Range") ? .init(status: .rangeNotSatisfiable) : .init(body: Self.content)
        } do: { bench, server in
            _ = try await bench.cache().fetch(FetchBench.request(Self.content, server))
            #expect(server.log == ["GET /file bytes=0-2097151", "GET /file"])
        }
    }

    @Test func anEmptyFileIsAFile() async throws {
        try await with { _, headers, _ in
            .file([], to: headers)
        } do: { (bench, server) async throws in
            #expect(try await bench.cache().fetch(FetchBench.request([], server)).size == 0)
        }
    }

    @Test(arguments: [-1, 1])
    func anotherLengthThanIsKnownIsRefusedBeforeAnythingIsKept(_ difference: Int) async throws {
        let other = FetchBench.content(Self.content.count + difference)
        try await with { _, headers, _ in
            .file(other, to: headers)
        } do: { bench, server in
            let expected = FetchError.wrongSize(
                url: "\(server.url)/file", expected: UInt64(Self.content.count), actual: UInt64(other.count))
            await #expect(throws: expected) {
                try await bench.cache().fetch(FetchBench.request(Self.content, server, size: true))
            }
            #expect(server.log.count == 1)
        }
    }

    @Test func connectionsCutAtAnyByteCostOnlyWhatWasUnderWay() async throws {
        let generator = Mutex(SeededGenerator(seed: RunSettings.seed))
        try await with { _, headers, _ in
            let cut = generator.withLock { generator in
                generator.chance(60) ? Int.random(in: 0...1 << 20, using: &generator) : nil
            }
            return .file(Self.content, to: headers, cutAfter: cut)
        } do: { bench, server in
            let artifact = try await bench.cache(attempts: 100).fetch(FetchBench.request(Self.content, server))
            #expect(try FileSystem.read(artifact.path) == Self.content, "seed \(RunSettings.seed)")
            #expect(!server.log.contains("GET /file"), "seed \(RunSettings.seed)")
        }
    }

    @Test func theNextRunFetchesWhatIsMissingAndNothingElse() async throws {
        try await with { _, headers, count in
            // The first run gets three answers, one of them cut off; then there are none for a while.
            (3..<40).contains(count)
                ? .init(status: .serviceUnavailable)
                : .file(Self.content, to: headers, cutAfter: count == 2 ? 300_000 : nil)
        } do: { bench, server in
            let request = FetchBench.request(Self.content, server)
            var runs = 0
            var missing = Self.content.count
            var sent = 0
            while true {
                runs += 1
                do {
                    _ = try await bench.cache(attempts: 1).fetch(request)
                    break
                } catch let error as FetchError {
                    #expect(error.category == .upstreamUnreachable)
                }
                missing = try Self.content.count - bench.received(Self.content)
                sent = server.sent
                try #require(runs < 100)
            }
            #expect(runs > 1 && missing < Self.content.count)
            #expect(server.sent - sent == missing)
        }
    }

    @Test func whateverAKillLeavesOnTheDiskTheNextRunIsRight() async throws {
        var generator = SeededGenerator(seed: RunSettings.seed)
        try await with { _, headers, count in
            .file(Self.content, to: headers, cutAfter: count % 7 == 3 ? 100_000 : nil)
        } do: { bench, server in
            let request = FetchBench.request(Self.content, server)
            for _ in 0..<8 {
                _ = try? await bench.cache(attempts: 1).fetch(request)
                for ending in ["", ".state", ".parts"] where generator.chance(60) {
                    let path = bench.partial(Self.content, ending)
                    guard let bytes = try FileSystem.readIfPresent(path) else { continue }
                    let kept = Int.random(in: 0...bytes.count, using: &generator)
                    try AtomicFile.write(bytes.prefix(kept), to: path)
                }
                let artifact = try await bench.cache(attempts: 20).fetch(request)
                #expect(try FileSystem.read(artifact.path) == Self.content, "seed \(RunSettings.seed)")
                try FileSystem.remove(artifact.path)
            }
        }
    }

    @Test func severalRunsAtOnceFetchAFileOnce() async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, server in
            let request = FetchBench.request(Self.content, server)
            try await withThrowingTaskGroup(of: CachedArtifact.self) { group in
                for _ in 0..<6 {
                    let cache = bench.cache()
                    group.addTask { try await cache.fetch(request) }
                }
                try await group.waitForAll()
            }
            #expect(server.sent == Self.content.count)
        }
    }

    @Test func aServerThatWantsFewConnectionsStillGivesTheFile() async throws {
        let busy = Mutex(0)
        try await with { _, headers, _ in
            // Every second request is one too many.
            let isOneTooMany = busy.withLock { busy in
                busy += 1
                return busy % 2 == 0
            }
            return isOneTooMany
                ? .init(status: .serviceUnavailable, headers: [("Retry-After", "1")])
                : .file(Self.content, to: headers)
        } do: { bench, server in
            let artifact = try await bench.cache(attempts: 8).fetch(FetchBench.request(Self.content, server))
            #expect(try FileSystem.read(artifact.path) == Self.content)
        }
    }

    @Test func aLimitOfTheRateStillGivesTheFile() async throws {
        try await with { _, headers, _ in
            .file(Self.content, to: headers)
        } do: { bench, server in
            let limits = TransferLimits(connections: 4, perHost: 2, bytesPerSecond: 64 << 20)
            _ = try await bench.cache(limits: limits).fetch(FetchBench.request(Self.content, server))
            #expect(server.sent == Self.content.count)
        }
    }

    private func with(
        _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (FetchBench, FaultServer) async throws -> Void
    ) async throws {
        try await FetchBench.with { bench in
            let server = try await FaultServer(answer)
            let outcome: Result<Void, any Error>
            do {
                try await body(bench, server)
                outcome = .success(())
            } catch { outcome = .failure(error) }
            try await server.stop()
            try outcome.get()
        }
    }
}
