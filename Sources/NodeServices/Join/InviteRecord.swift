public import BundleModel

/// What the cluster keeps of an invite: everything but its secret.
public struct InviteRecord: Codable, Hashable, Sendable {
    /// A node that the invite was given to. Counts as one use, however often it asks.
    public struct Binding: Codable, Hashable, Sendable {
        /// SHA-256 of the node's public key.
        public var nodeKey: SHA256Digest
        public var nodeName: String
        /// Seconds since 1970.
        public var boundAt: UInt64
        /// Seconds since 1970; nil until the node said that it has joined.
        public var joinedAt: UInt64?
        /// The kubeadm token that it holds now, by its id.
        public var tokenID: String?
    }

    public var id: InviteID
    public var secretDigest: SHA256Digest
    public var role: NodeRole
    /// Nodes that may join with it.
    public var uses: Int
    /// Seconds since 1970.
    public var createdAt: UInt64
    /// Seconds since 1970.
    public var expiresAt: UInt64
    /// Seconds since 1970; nil while it is valid.
    public var revokedAt: UInt64?
    public var bindings: [Binding]

    public init(
        id: InviteID, secretDigest: SHA256Digest, role: NodeRole, uses: Int, createdAt: UInt64, expiresAt: UInt64
    ) {
        self.id = id
        self.secretDigest = secretDigest
        self.role = role
        self.uses = uses
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        bindings = []
    }

    /// For lists: `valid`, `used`, `expired`, `revoked`.
    public func state(now: UInt64) -> String {
        if revokedAt != nil { return "revoked" }
        if now >= expiresAt { return "expired" }
        return bindings.count < uses ? "valid" : "used"
    }
}
