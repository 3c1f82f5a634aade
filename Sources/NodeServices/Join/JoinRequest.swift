public import BundleModel

/// Body of POST /v1/join.
public struct JoinRequest: Codable, Hashable, Sendable {
    public var inviteID: InviteID
    /// In the invite's alphabet.
    var secret: String
    public var nodeName: String
    public var role: NodeRole
    /// Of the bundle that the node installs from.
    public var releaseID: SHA256Digest
    /// The node's clock, seconds since 1970.
    public var clock: UInt64

    init(_ invite: Invite, nodeName: String, role: NodeRole, releaseID: SHA256Digest, clock: UInt64) {
        inviteID = invite.id
        secret = invite.secret.text
        self.nodeName = nodeName
        self.role = role
        self.releaseID = releaseID
        self.clock = clock
    }
}

/// Body of POST /v1/joined.
struct JoinedRequest: Codable, Hashable, Sendable {
    var inviteID: InviteID
    var secret: String
}
