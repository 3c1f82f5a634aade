public import BundleModel

/// Why a text is not an invite. Never holds the text itself, which may carry a good secret.
public enum InviteError: Error, Hashable {
    public enum Part: String, Hashable, Sendable {
        /// Does not start with `kf1-`.
        case prefix
        /// A kind of invite that this program is too old for.
        case version
        /// A character outside the alphabet.
        case alphabet
        case length
        case checksum
        /// A role, an address or a number of addresses that cannot be.
        case content
    }

    /// `detail`: what was found and what was expected.
    case malformed(Part, detail: String)
    /// - Parameter since: seconds since 1970.
    case expired(since: UInt64, id: InviteID)
}

extension InviteError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .malformed: .inviteMalformed
        case .expired: .inviteExpired
        }
    }

    public var message: String {
        switch self {
        case .malformed(let part, let detail): "not an invite: its \(part.rawValue) is wrong: \(detail)"
        case .expired(let since, let id): "invite \(id) expired at \(UTC.text(since))"
        }
    }

    public var hint: String {
        switch self {
        case .malformed(.checksum, _), .malformed(.length, _), .malformed(.alphabet, _):
            "a character is missing or mistyped; compare it with what 'token create' printed"
        case .malformed(.version, _): "use the node-install of the release that made the invite"
        case .malformed: "an invite is the one line that 'node-install token create' prints"
        case .expired: "make a new one on a master: node-install token create"
        }
    }
}
