import Synchronization

/// Holds all connections together to a rate.
final class RateLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let start = ContinuousClock.now

    init(bytesPerSecond: UInt64) {
        bucket = Mutex(TokenBucket(bytesPerSecond: bytesPerSecond))
    }

    /// Counts bytes that have come, and waits until more may be read.
    func pass(_ bytes: Int) async throws {
        let elapsed = start.duration(to: .now).components
        let now = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let wait = bucket.withLock { $0.take(bytes, at: now) }
        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
    }
}
