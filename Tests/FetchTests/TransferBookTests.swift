import Synchronization
import TestSupport
import Testing

@testable import Fetch

struct TransferBookTests {
    /// How many connections are open, and were at most.
    private final class Gauge: Sendable {
        let now = Mutex(0)
        let most = Mutex(0)

        func begin() {
            let count = now.withLock { now in
                now += 1
                return now
            }
            most.withLock { $0 = max($0, count) }
        }

        func end() { now.withLock { $0 -= 1 } }
    }

    @Test func whoHasFewestIsServedFirstAndAmongEqualsWhoAskedFirst() {
        var book = TransferBook(connections: 3, perHost: 3)
        let large = (0..<6).map { _ in book.ask(host: "a", owner: "large") }
        let first = [book.next(), book.next(), book.next(), book.next()]
        #expect(first == [large[0], large[1], large[2], nil])
        let small = book.ask(host: "a", owner: "small")
        let other = book.ask(host: "b", owner: "other")
        for expected in [small, other, large[3]] {
            book.release(host: "a", owner: "large")
            let called = [book.next(), book.next()]
            #expect(called == [expected, nil])
        }
    }

    @Test func aFullHostDoesNotKeepOthersWaiting() {
        var book = TransferBook(connections: 10, perHost: 1)
        let asked = ["a", "a", "b"].map { book.ask(host: $0, owner: "x") }
        let first = [book.next(), book.next(), book.next()]
        #expect(first == [asked[0], asked[2], nil])
        book.release(host: "a", owner: "x")
        let second = book.next()
        #expect(second == asked[1])
    }

    @Test func whoHasWithdrawnIsNotCalled() {
        var book = TransferBook(connections: 1, perHost: 1)
        let asked = (0..<2).map { _ in book.ask(host: "a", owner: "x") }
        book.withdraw(asked[0])
        let called = book.next()
        #expect(called == asked[1])
    }

    @Test func noMoreThanAllowedAreOpenAndAllComeToAnEnd() async throws {
        let queue = TransferQueue(TransferLimits(connections: 3, perHost: 2))
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let slot = try await queue.slot(host: "\(number % 3)", owner: "\(number % 7)")
                    gauge.begin()
                    await Task.yield()
                    gauge.end()
                    slot.release()
                    slot.release()
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.now.withLock { $0 } == 0)
        #expect((1...3).contains(gauge.most.withLock { $0 }))
    }

    @Test func whoIsCancelledLeavesTheQueue() async throws {
        let queue = TransferQueue(TransferLimits(connections: 1, perHost: 1))
        let held = try await queue.slot(host: "a", owner: "x")
        let waiting = Task { try await queue.slot(host: "a", owner: "y") }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        held.release()
        try await queue.slot(host: "a", owner: "z").release()
    }
}
