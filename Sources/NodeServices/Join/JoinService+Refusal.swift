import BundleModel

extension JoinService {
    static func wrongSecret(_ id: InviteID) -> JoinRefusal {
        JoinRefusal(
            .inviteRefused, "the cluster does not know invite \(id) with this secret",
            hint: "make a new one on a master: node-install token create")
    }

    /// Nil for the outcomes that are a yes.
    static func refusal(_ outcome: InviteLedger.Outcome, _ request: JoinRequest) -> JoinRefusal? {
        let fresh = "make a new one on a master: node-install token create --role \(request.role.rawValue)"
        switch outcome {
        case .granted, .grantedAgain: return nil
        case .wrongSecret: return wrongSecret(request.inviteID)
        case .alreadyJoined:
            return JoinRefusal(.inviteUsed, "this node has joined with invite \(request.inviteID) already", hint: fresh)
        case .usedUp:
            return JoinRefusal(.inviteUsed, "invite \(request.inviteID) is used by other nodes", hint: fresh)
        case .expired: return JoinRefusal(.inviteExpired, "invite \(request.inviteID) has expired", hint: fresh)
        case .revoked: return JoinRefusal(.inviteRefused, "invite \(request.inviteID) was revoked", hint: fresh)
        case .otherRole(let role):
            return JoinRefusal(
                .inviteRefused, "invite \(request.inviteID) is for a \(role.rawValue), not a \(request.role.rawValue)",
                hint: fresh)
        }
    }
}
