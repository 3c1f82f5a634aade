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

    /// Five tries, 1, 2, 4, 8 seconds apart, or what the server asks for up to two minutes.
    public static let standard = RetryPolicy(attempts: 5) { number, retryAfter in
        try await Task.sleep(for: .seconds(min(120, retryAfter ?? 1 << (number - 1))))
    }
}
