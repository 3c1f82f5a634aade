/// How often and how soon a failed request is tried again.
public struct RetryPolicy: Sendable {
    /// Tries in all.
    public var attempts: Int
    /// Waits before try number `n` (1 for the first repetition); given the server's Retry-After in seconds, if any.
    public var wait: @Sendable (_ number: Int, _ retryAfter: Int?) async throws -> Void

    public init(attempts: Int, wait: @escaping @Sendable (Int, Int?) async throws -> Void) {
        self.attempts = attempts
        self.wait = wait
    }

    /// Five tries.
    public static let standard = RetryPolicy.patient(attempts: 5)

    /// One try.
    public static let once = RetryPolicy(attempts: 1) { _, _ in }

    /// Waits up to 1, 2, 4, 8… seconds and at most one minute, or what the server asks for up to two.
    ///
    /// - Parameter random: gives numbers from 0 up to 1, without 1.
    public static func patient(
        attempts: Int, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) -> RetryPolicy {
        RetryPolicy(attempts: attempts) { number, retryAfter in
            try await Task.sleep(for: .seconds(delay(number, retryAfter: retryAfter, random: random())))
        }
    }

    /// Seconds before a repetition. Connections that failed together do not come back together: between half and the
    /// whole of the pause, or a little later than the server asks for.
    static func delay(_ number: Int, retryAfter: Int?, random: Double) -> Double {
        if let retryAfter { return Double(min(120, max(0, retryAfter))) * (1 + random / 10) }
        let pause = Double(min(60, 1 << min(6, max(0, number - 1))))
        return pause / 2 * (1 + random)
    }
}
