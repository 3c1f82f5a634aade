import Synchronization
import Testing

@testable import Containerd

struct ArrayConcurrentlyTests {
    private struct Bad: Error, Equatable { let number: Int }

    @Test(arguments: [0, 1, 3, 20]) func theOrderStays(_ count: Int) async throws {
        let numbers = Array(0..<count)
        let results = try await numbers.concurrently(width: 3) { number in
            // The first ones end last.
            for _ in 0..<(count - number) { await Task.yield() }
            return -number
        }
        #expect(results == numbers.map { -$0 })
    }

    @Test func noMoreThanTheWidthRunAtOnce() async throws {
        let counts = Mutex((running: 0, most: 0))
        _ = try await Array(0..<20).concurrently(width: 3) { number in
            counts.withLock {
                $0.running += 1
                $0.most = max($0.most, $0.running)
            }
            for _ in 0..<10 { await Task.yield() }
            counts.withLock { $0.running -= 1 }
            return number
        }
        #expect(counts.withLock { $0.most } <= 3)
    }

    @Test func aFailureIsThrown() async {
        await #expect(throws: Bad(number: 5)) {
            try await Array(0..<9).concurrently(width: 2) { if $0 == 5 { throw Bad(number: 5) } }
        }
    }
}
