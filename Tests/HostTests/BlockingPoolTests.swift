import Host
import Testing

struct BlockingPoolTests {
    private struct Failed: Error {}

    @Test func resultsAndErrorsComeBack() async throws {
        #expect(try await BlockingPool.shared.run { 42 } == 42)
        await #expect(throws: Failed.self) { try await BlockingPool.shared.run { throw Failed() } }
    }
}
