public import BundleModel
import FoundationEssentials
public import Host
import Signing

/// A master's side of invites: make, list, revoke.
public struct InviteMaker: Sendable {
    private let cluster: any JoinCluster
    private let clock: any WallClock

    public init(cluster: any JoinCluster, clock: any WallClock) {
        self.cluster = cluster
        self.clock = clock
    }

    /// - Parameters:
    ///   - pin: of the join service's certificate.
    ///   - services: join services to name in it; nil for the port on every master.
    ///   - lifetime: seconds.
    ///   - uses: nodes that may join with it.
    public func make(
        role: NodeRole, pin: PublicKeyPin, services: [Endpoint]?, port: UInt16, lifetime: UInt64, uses: Int
    ) async throws -> Invite {
        let masters: [Endpoint]
        if let services {
            masters = services
        } else {
            masters = try await cluster.masters().map { Endpoint($0.address, port: port) }
        }
        let now = clock.now.epochSeconds
        guard let id = InviteID(bytes: try RandomBytes.make(InviteID.byteCount)) else {
            throw SigningError.library(call: "RAND_bytes", reason: "not \(InviteID.byteCount) bytes")
        }
        let invite = Invite(
            masters: Array(masters.prefix(Invite.mostMasters)), pin: pin, id: id, secret: try InviteSecret.make(),
            role: role, expiresAt: now + lifetime)
        let record = InviteRecord(
            id: id, secretDigest: invite.secret.digest, role: role, uses: uses, createdAt: now,
            expiresAt: invite.expiresAt)
        try await cluster.ledger.update { $0.add(record, now: now) }
        return invite
    }

    public func list() async throws -> [InviteRecord] {
        try await cluster.ledger.load().ledger.invites
    }

    /// Nodes that hold it and have not joined yet lose their kubeadm tokens too.
    ///
    /// - Throws: `NodeServicesError.unknownInvite`.
    public func revoke(_ id: InviteID) async throws {
        let now = clock.now.epochSeconds
        guard let tokens = try await cluster.ledger.update({ $0.revoke(id, now: now) }) else {
            throw NodeServicesError.unknownInvite(id.description)
        }
        for token in tokens { try await cluster.revoke(tokenID: token) }
        // Only now: a revocation that failed half-way is done again.
        if !tokens.isEmpty { _ = try await cluster.ledger.update { $0.forget(tokens: tokens, invite: id) } }
    }
}
