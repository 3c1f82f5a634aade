import Host
import Synchronization
import Testing

struct BlockingPoolTests {
    private struct Failed: Error {}
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increment() { count.withLock { $0 += 1 } }
    }

    @Test func resultsAndErrorsComeBack() async throws {
        #expect(try await BlockingPool.shared.run { 42 } == 42)
        await #expect(throws: Failed.self) { try await BlockingPool.shared.run { throw Failed() } }
    }

    /// Each call waits until all have begun: with fewer threads than calls, none would ever end.
    @Test(.timeLimit(.minutes(10))) func moreCallsThanCoresBlockAtOnce() async throws {
        let begun = Counter()
        let calls = 128
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<calls {
                group.addTask {
                    try await BlockingPool.shared.run {
                        begun.increment()
                        while begun.value < calls { SystemSleep.briefly() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(begun.value == calls)
    }
}
