/// What a repository's requests are sent with.
struct RegistryAuthorization: Hashable, Sendable {
    /// Of the Authorization header; nil where the registry wants none.
    let value: String?
    /// How to get another one without asking the registry again.
    let challenge: AuthenticationChallenge?
    let made: ContinuousClock.Instant
    private let expires: ContinuousClock.Instant?

    /// - Parameter seconds: how long it is good for; nil: for ever.
    init(_ value: String?, challenge: AuthenticationChallenge? = nil, seconds: Double? = nil) {
        let now = ContinuousClock.now
        self.value = value
        self.challenge = challenge
        made = now
        // By the protocol a token is good for a minute at least. It is not used in its last seconds: the request takes
        // time, too.
        expires = seconds.map { now + .seconds(min(max($0, 60), 86_400) - 5) }
    }

    var hasExpired: Bool { expires.map { $0 <= ContinuousClock.now } ?? false }

    /// Whether it was accepted for a while, so that a refusal means that it has run out.
    var wasGood: Bool { made.duration(to: .now) > .seconds(30) }
}
