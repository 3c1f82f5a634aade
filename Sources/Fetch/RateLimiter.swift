import Synchronization

/// Holds all connections together to a rate.
final class RateLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let start = ContinuousClock.now
    private let sleep: @Sendable (Duration) async throws -> Void

    init(
        bytesPerSecond: UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        bucket = Mutex(TokenBucket(bytesPerSecond: bytesPerSecond))
        self.sleep = sleep
    }

    /// Counts bytes that have come, and waits until more may be read.
    ///
    /// - Parameter heartbeat: of their transfer: waiting for one's turn is no stall.
    func pass(_ bytes: Int, _ heartbeat: Heartbeat) async throws {
        let elapsed = start.duration(to: .now).components
        let now = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let wait = bucket.withLock { $0.take(bytes, at: now) }
        guard wait > 0 else { return }
        heartbeat.pause()
        try await sleep(.seconds(wait))
        heartbeat.resume()
    }
}
