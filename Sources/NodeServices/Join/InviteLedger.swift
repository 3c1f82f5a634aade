public import BundleModel

/// All invites of a cluster and the nodes that hold them. Pure: the store makes its changes atomic.
public struct InviteLedger: Codable, Hashable, Sendable {
    /// What a request for an invite comes to.
    public enum Outcome: Hashable, Sendable {
        /// This node is now one of the invite's.
        case granted
        /// It was already, and has not joined yet.
        case grantedAgain
        /// This node has joined with it.
        case alreadyJoined
        /// Other nodes have all its uses.
        case usedUp
        case expired
        case revoked
        /// It is for the other role.
        case otherRole(NodeRole)
        /// No such invite, or not its secret: never told apart.
        case wrongSecret
    }

    /// How long an invite stays in the list after its end, in seconds.
    public static let memory: UInt64 = 7 * 24 * 3600

    public private(set) var schemaVersion = 1
    public private(set) var invites: [InviteRecord] = []

    public init() {}

    /// Adds an invite and forgets those that ended long ago.
    public mutating func add(_ record: InviteRecord, now: UInt64) {
        invites.removeAll { $0.expiresAt + Self.memory < now }
        invites.append(record)
    }

    /// The invite of this id, if the secret is right.
    public func invite(_ id: InviteID, secret: InviteSecret) -> InviteRecord? {
        invites.first { $0.id == id && secret.matches($0.secretDigest) }
    }

    /// Asks for an invite in the name of a node's key. Changes the ledger only when the outcome is `granted`.
    ///
    /// - Parameters:
    ///   - nodeKey: SHA-256 of the public key that the node has proven to hold.
    ///   - now: seconds since 1970.
    public mutating func redeem(
        _ id: InviteID, secret: InviteSecret, nodeKey: SHA256Digest, nodeName: String, role: NodeRole, now: UInt64
    ) -> Outcome {
        guard let index = index(id, secret) else { return .wrongSecret }
        let record = invites[index]
        if record.revokedAt != nil { return .revoked }
        if now >= record.expiresAt { return .expired }
        if record.role != role { return .otherRole(record.role) }
        if let binding = record.bindings.first(where: { $0.nodeKey == nodeKey }) {
            return binding.joinedAt == nil ? .grantedAgain : .alreadyJoined
        }
        guard record.bindings.count < record.uses else { return .usedUp }
        invites[index].bindings.append(.init(nodeKey: nodeKey, nodeName: nodeName, boundAt: now))
        return .granted
    }

    /// Notes which kubeadm token a node holds now.
    ///
    /// - Returns: the id of the one that it held before; nil also where it may hold none any more.
    public mutating func setToken(_ tokenID: String, invite id: InviteID, nodeKey: SHA256Digest) -> String? {
        guard let (index, place) = openBinding(id, nodeKey) else { return nil }
        defer { invites[index].bindings[place].tokenID = tokenID }
        return invites[index].bindings[place].tokenID
    }

    /// The kubeadm token that a node may use now.
    public func token(invite id: InviteID, nodeKey: SHA256Digest) -> String? {
        guard let (index, place) = openBinding(id, nodeKey) else { return nil }
        return invites[index].bindings[place].tokenID
    }

    /// Tokens that are gone from the cluster.
    public mutating func forget(tokens: [String], invite id: InviteID) {
        guard let index = invites.firstIndex(where: { $0.id == id }) else { return }
        for place in invites[index].bindings.indices {
            if let token = invites[index].bindings[place].tokenID, tokens.contains(token) {
                invites[index].bindings[place].tokenID = nil
            }
        }
    }

    /// A node says that it has joined: from now on the invite gives it nothing any more. Again is fine.
    ///
    /// - Returns: the id of the token that it held, to be revoked and then forgotten; nil when there is none.
    public mutating func close(_ id: InviteID, nodeKey: SHA256Digest, now: UInt64) -> String? {
        guard let (index, place) = binding(id, nodeKey) else { return nil }
        let token = invites[index].bindings[place].tokenID
        if invites[index].bindings[place].joinedAt == nil { invites[index].bindings[place].joinedAt = now }
        return token
    }

    /// - Returns: ids of the kubeadm tokens that nodes hold through it, to be revoked and then forgotten; nil when there is
    ///   no such invite.
    public mutating func revoke(_ id: InviteID, now: UInt64) -> [String]? {
        guard let index = invites.firstIndex(where: { $0.id == id }) else { return nil }
        if invites[index].revokedAt == nil { invites[index].revokedAt = now }
        return invites[index].bindings.compactMap(\.tokenID)
    }

    private func index(_ id: InviteID, _ secret: InviteSecret) -> Int? {
        invites.firstIndex { $0.id == id && secret.matches($0.secretDigest) }
    }

    private func binding(_ id: InviteID, _ nodeKey: SHA256Digest) -> (Int, Int)? {
        guard let index = invites.firstIndex(where: { $0.id == id }),
            let place = invites[index].bindings.firstIndex(where: { $0.nodeKey == nodeKey })
        else { return nil }
        return (index, place)
    }

    /// As `binding`; nil too where the invite was revoked, or the node has joined.
    private func openBinding(_ id: InviteID, _ nodeKey: SHA256Digest) -> (Int, Int)? {
        guard let (index, place) = binding(id, nodeKey), invites[index].revokedAt == nil,
            invites[index].bindings[place].joinedAt == nil
        else { return nil }
        return (index, place)
    }
}
