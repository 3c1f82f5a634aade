import BundleModel
import Host
import NodeServices

/// A join service on loopback with real TLS, over a cluster in memory.
struct JoinBench {
    let cluster: InMemoryClusterForTests
    let server: HTTPSServer
    let invite: Invite

    /// Runs `body` while the service runs.
    static func run(
        uses: Int = 1, expiresAt: UInt64 = Samples.now + 3600, role: NodeRole = .worker,
        limits: HTTPSServer.Limits = HTTPSServer.Limits(),
        trust: ClusterTrust = ClusterTrust(lowestSequence: 0, revokedKeys: []), _ body: (JoinBench) async throws -> Void
    ) async throws {
        let cluster = InMemoryClusterForTests()
        let identity = try Samples.identity("join service")
        let server = try await HTTPSServer(
            address: try IPAddress("127.0.0.1"), port: 0, identity: identity, limits: limits, logger: Samples.quiet)
        let service = JoinService(
            cluster: cluster, clock: FixedWallClock(secondsSince1970: Samples.now), logger: Samples.quiet,
            trust: { _ in trust })
        let invite = try Samples.invite(
            masters: [server.endpoint], pin: PublicKeyPin(identity.keyDigest), role: role, expiresAt: expiresAt)
        try await cluster.ledger.update { $0.add(Samples.record(invite, uses: uses), now: Samples.now) }
        let serving = Task { try await server.run { await service.respond(to: $0) } }
        defer { serving.cancel() }
        try await body(JoinBench(cluster: cluster, server: server, invite: invite))
    }

    /// What a node reads from the invite's text.
    func client(_ node: TLSIdentity, invite other: Invite? = nil, clock: UInt64 = Samples.now) throws -> JoinClient {
        JoinClient(
            try Invite((other ?? invite).text), identity: node, clock: FixedWallClock(secondsSince1970: clock),
            timeout: 300)
    }

    func redeem(
        _ node: TLSIdentity, invite: Invite? = nil, clock: UInt64 = Samples.now,
        release: SHA256Digest = Samples.release, name: String = "worker1"
    ) async throws -> JoinGrant {
        try await client(node, invite: invite, clock: clock)
            .redeem(nodeName: name, role: .worker, releaseID: release)
    }

    /// As `refusal`, for a node with a key of its own.
    func refusalOfNewNode(
        _ name: String = "new", invite: Invite? = nil, clock: UInt64 = Samples.now,
        release: SHA256Digest = Samples.release
    ) async throws -> DiagnosticCategory? {
        try await refusal(try Samples.identity(name), invite: invite, clock: clock, release: release)
    }

    /// The category that a redemption fails with; nil when it does not.
    func refusal(
        _ node: TLSIdentity, invite: Invite? = nil, clock: UInt64 = Samples.now,
        release: SHA256Digest = Samples.release
    ) async throws -> DiagnosticCategory? {
        do {
            _ = try await redeem(node, invite: invite, clock: clock, release: release)
            return nil
        } catch let error as any Diagnostic {
            return error.category
        }
    }
}
