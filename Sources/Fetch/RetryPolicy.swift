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

    /// Waits 1, 2, 4, 8… seconds up to one minute, or what the server asks for up to two.
    public static func patient(attempts: Int) -> RetryPolicy {
        RetryPolicy(attempts: attempts) { number, retryAfter in
            try await Task.sleep(for: .seconds(min(120, max(0, retryAfter ?? min(60, 1 << min(6, number - 1))))))
        }
    }
}
