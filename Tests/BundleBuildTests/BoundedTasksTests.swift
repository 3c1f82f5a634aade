import Synchronization
import Testing

@testable import BundleBuild

struct BoundedTasksTests {
    /// How many are at work, and how many were at most.
    private final class Gauge: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }
        func leave() { counts.withLock { $0.now -= 1 } }
    }

    private struct Broken: Error {}

    @Test(arguments: [1, 3, 100])
    func resultsStandInTheOrderOfTheirItemsAndNoMoreAreAtWork(_ limit: Int) async throws {
        let gauge = Gauge()
        let items = Array(0..<20)
        let results = try await BoundedTasks.map(items, limit: limit) { item in
            gauge.enter()
            defer { gauge.leave() }
            // The later ones end first.
            for _ in 0..<(20 - item) { await Task.yield() }
            return item * 2
        }
        #expect(results == items.map { $0 * 2 })
        #expect((1...limit).contains(gauge.most))
    }

    @Test func anErrorEndsTheOthers() async throws {
        await #expect(throws: Broken.self) {
            _ = try await BoundedTasks.map([0, 1, 2], limit: 3) { item in
                if item == 1 { throw Broken() }
                // Ends only because it is cancelled.
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }

    @Test func nothingToDoIsNothing() async throws {
        let results = try await BoundedTasks.map([Int](), limit: 4) { $0 }
        #expect(results.isEmpty)
    }
}
