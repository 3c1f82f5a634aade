public import BundleModel

/// Why the join service says no: also the JSON body of its errors.
public struct JoinRefusal: Codable, Hashable, Sendable, Error {
    public var category: DiagnosticCategory
    public var message: String
    public var hint: String
    /// The master's clock, seconds since 1970, where the clocks are the reason.
    public var clock: UInt64?

    public init(_ category: DiagnosticCategory, _ message: String, hint: String = "", clock: UInt64? = nil) {
        self.category = category
        self.message = message
        self.hint = hint
        self.clock = clock
    }

    /// The HTTP status that carries it.
    var status: Int {
        switch category {
        case .invalidInput, .inviteMalformed: 400
        case .inviteRefused: 403
        case .inviteExpired, .inviteUsed: 410
        case .clockSkew, .releaseMismatch: 409
        case .busy: 429
        default: 503
        }
    }
}
