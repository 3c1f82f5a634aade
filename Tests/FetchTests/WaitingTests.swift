import BundleModel
import FoundationEssentials
import Synchronization
import TestSupport
import Testing
import UpstreamTestSupport

@testable import Fetch

/// How long is waited, and what for.
struct WaitingTests {
    private final class LongestWait: Sendable {
        private let longest = Mutex(Duration.zero)

        var wait: Duration { longest.withLock { $0 } }

        func note(_ wait: Duration) { longest.withLock { $0 = max($0, wait) } }
    }

    @Test func pausesGrowAndAreSpread() {
        for number in 1...20 {
            let pause = Double(min(60, 1 << min(6, number - 1)))
            #expect(RetryPolicy.delay(number, retryAfter: nil, random: 0) == pause / 2)
            let longest = RetryPolicy.delay(number, retryAfter: nil, random: 0.999)
            #expect(longest > pause * 0.99 && longest < pause)
        }
        #expect(RetryPolicy.delay(1, retryAfter: nil, random: 0.2) < RetryPolicy.delay(1, retryAfter: nil, random: 0.7))
    }

    @Test(arguments: [(0, 0.0), (7, 7.0), (120, 120.0), (86_400, 120.0), (-3, 0.0)])
    func theServerIsGivenWhatItAsksForUpToTwoMinutes(_ asked: Int, _ seconds: Double) {
        #expect(RetryPolicy.delay(1, retryAfter: asked, random: 0) == seconds)
        #expect(RetryPolicy.delay(5, retryAfter: asked, random: 0.999) <= seconds * 1.1)
    }

    @Test(arguments: [
        ("0", 0), ("120", 120), ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sunday, 06-Nov-94 08:49:37 GMT", 37),
        ("Sun Nov  6 08:49:37 1994", 37), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
        ("Tue, 08 Nov 1994 08:49:00 GMT", 172_800),
    ])
    func retryAfterIsReadInEveryForm(_ header: String, _ seconds: Int) throws {
        // 1994-11-06 08:49:00 UTC.
        #expect(RetryAfter.seconds(header, now: Date(timeIntervalSince1970: 784_111_740)) == seconds)
    }

    @Test(arguments: [
        "", "-1", "soon", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun Nov 1994",
        "Sun, 06 Nov 10000 08:49:37 GMT", "Sun, 06 Nov 9223372036854775807 08:49:37 GMT",
    ])
    func anythingElseIsNoRetryAfter(_ header: String) {
        #expect(RetryAfter.seconds(header, now: Date(timeIntervalSince1970: 0)) == nil)
    }

    @Test func aBucketLetsThroughItsRateAndNoMore() {
        var bucket = TokenBucket(bytesPerSecond: 1000)
        // A tenth of a second's worth at once, then by the rate; what was not used in a long pause is not saved up.
        let waits = [
            bucket.take(100, at: 0), bucket.take(500, at: 0), bucket.take(500, at: 0), bucket.take(0, at: 1),
            bucket.take(200, at: 100),
        ]
        #expect(waits == [0, 0.5, 1, 0, 0.1])
    }

    @Test func aDocumentIsHeldToTheRateAsFilesAre() async throws {
        let server = try await FaultServer { _, _, _ in .init(body: FetchBench.content(1 << 20)) }
        let longest = LongestWait()
        let limiter = RateLimiter(bytesPerSecond: 8192) { longest.note($0) }
        let transport = HTTPTransport()
        try await FetchBench.with(transport) { _ in
            let answer = try await transport.get("\(server.url)/index")
            #expect(try await transport.bytes(of: answer, limit: 1 << 20, rate: limiter).count == 1 << 20)
        }
        // 128 seconds' worth, less what it really took.
        #expect(longest.wait > .seconds(60))
        try await server.stop()
    }

    @Test func overTimeABucketGivesItsRateWhateverThePieces() {
        var generator = SeededGenerator(seed: RunSettings.seed)
        var bucket = TokenBucket(bytesPerSecond: 50_000)
        var now = 0.0
        var passed = 0
        while now < 100 {
            let piece = Int.random(in: 1...65_536, using: &generator)
            passed += piece
            now += bucket.take(piece, at: now)
        }
        #expect(abs(Double(passed) - 50_000 * now) <= 5000 + 65_536, "seed \(RunSettings.seed)")
    }

    @Test(
        arguments: [
            ("8192", 8192), ("8k", 8192), ("500K", 512_000), ("20M", 20 << 20), ("1G", 1 << 30), ("8191", nil),
            ("", nil),
            ("k", nil), ("-1M", nil), ("1.5M", nil), ("1T", nil), ("99999999999999999999", nil),
            ("18446744073709551615G", nil),
        ] as [(String, UInt64?)])
    func aRateIsANumberWithAUnit(_ text: String, _ rate: UInt64?) {
        #expect(TransferLimits.rate(text) == rate)
    }

    @Test func aLowRateIsNotSpreadOverManyConnections() {
        #expect(TransferLimits(bytesPerSecond: 8 << 10).openConnections == 1)
        #expect(TransferLimits(bytesPerSecond: 320 << 10).openConnections == 5)
        #expect(TransferLimits(connections: 4, bytesPerSecond: 1 << 30).openConnections == 4)
        #expect(TransferLimits(connections: 0).openConnections == 1)
    }

    @Test(
        arguments: [
            ("bytes 0-99/1234", 0, 100, 1234), ("bytes 5-5/*", 5, 6, nil), ("bytes 100-50/1234", nil, nil, nil),
            ("bytes 0-99/50", nil, nil, nil), ("bytes */1234", nil, nil, nil), ("lines 0-99/1234", nil, nil, nil),
            ("bytes 0-18446744073709551615/*", nil, nil, nil), ("bytes 0-99", nil, nil, nil),
        ] as [(String, UInt64?, UInt64?, UInt64?)])
    func aContentRangeIsReadStrictly(_ header: String, _ first: UInt64?, _ end: UInt64?, _ total: UInt64?) {
        let range = ContentRange(header)
        #expect(range?.bytes.lowerBound == first)
        #expect(range?.bytes.upperBound == end)
        #expect(range?.total == total)
    }

    @Test(arguments: [1, 5])
    func whatFailsBecauseItWasInterruptedHasNotFailed(_ attempts: Int) async throws {
        let work = Task {
            try await RetryPolicy(attempts: attempts) { _, _ in }.repeating(SilentProgress()) {
                withUnsafeCurrentTask { $0?.cancel() }
                throw FetchError.stalled(url: "http://a/b", seconds: 1)
            }
        }
        await #expect(throws: CancellationError.self) { try await work.value }
    }

    @Test func aConnectionThatOnlyDripsIsGivenUp() async throws {
        let transport = HTTPTransport(stallSeconds: 1)
        await #expect(throws: FetchError.stalled(url: "slow", seconds: 1)) {
            try await transport.endingStalls("slow") { heartbeat -> Void in
                while true {
                    heartbeat.beat(1)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
        // Waiting for one's turn is no stall, however long.
        try await transport.endingStalls("limited") { heartbeat in
            for _ in 0..<30 {
                heartbeat.pause()
                try await Task.sleep(for: .milliseconds(50))
                heartbeat.resume()
                heartbeat.beat(1)
            }
        }
        try await transport.shutdown()
    }
}
