import BundleModel
import FoundationEssentials
public import Host
public import Logging
import Synchronization

/// Answers nodes that want to join. The transport has already proven that a node holds its key.
public final class JoinService: Sendable {
    /// Largest difference between a node's clock and ours, in seconds: beyond it certificates would look not yet valid.
    public static let clockTolerance: UInt64 = 300
    /// How long a kubeadm token is good for, in seconds; a node may ask for another one.
    public static let tokenLifetime: UInt64 = 1800

    private let cluster: any JoinCluster
    private let clock: any WallClock
    private let logger: Logger
    private let trust: @Sendable (String) async throws -> ClusterTrust
    private let limiter = Mutex(AttemptLimiter())

    /// - Parameter trust: what this master believes now about a product line; asked for each grant, so that a key
    ///   that was revoked since the cluster was made counts at once.
    public init(
        cluster: any JoinCluster, clock: any WallClock, logger: Logger,
        trust: @escaping @Sendable (String) async throws -> ClusterTrust
    ) {
        self.trust = trust
        self.cluster = cluster
        self.clock = clock
        self.logger = logger
    }

    public func respond(to request: ServiceRequest) async -> HTTPSResponse {
        let now = clock.now.epochSeconds
        do {
            switch (request.method, request.path) {
            case ("POST", "/v1/join"):
                return try answer(200, try await join(try body(JoinRequest.self, of: request), request, now: now))
            case ("POST", "/v1/joined"):
                try await joined(try body(JoinedRequest.self, of: request), request, now: now)
                return HTTPSResponse(status: 204)
            default:
                return HTTPSResponse(status: 404)
            }
        } catch let refusal as JoinRefusal {
            logger.notice(
                "refused", metadata: ["source": "\(request.source)", "reason": "\(refusal.category.rawValue)"])
            let wait = limiter.withLock { $0.wait(request.source, now: now) }
            return (try? answer(refusal.status, refusal, retryAfter: refusal.category == .busy ? wait : nil))
                ?? HTTPSResponse(status: 500)
        } catch {
            logger.error("join failed", metadata: ["source": "\(request.source)", "reason": "\(error)"])
            // The reason may name what is only the cluster's business.
            let refusal = JoinRefusal(
                .joinUnreachable, "the master could not ask its cluster",
                hint: "on the master: journalctl -u node-install-join")
            return (try? answer(503, refusal)) ?? HTTPSResponse(status: 500)
        }
    }

    private func join(_ request: JoinRequest, _ transport: ServiceRequest, now: UInt64) async throws -> JoinGrant {
        let secret = try await authenticate(request.inviteID, request.secret, transport, now: now)
        // Before anything is bound: a node that fails here may come back with the same invite.
        let difference = request.clock > now ? request.clock - now : now - request.clock
        guard difference <= Self.clockTolerance else {
            throw JoinRefusal(
                .clockSkew,
                "the node's clock says \(UTC.text(request.clock)), the master's \(UTC.text(now)): \(difference) s apart, "
                    + "at most \(Self.clockTolerance) s are fine",
                hint: "set the node's clock: date -u -s '\(UTC.text(now))'", clock: now)
        }
        guard NodeName.isValid(request.nodeName) else {
            throw JoinRefusal(
                .invalidInput, "'\(String(request.nodeName.prefix(64)).printable)' cannot be the name of a node",
                hint: "set the node's name: \(NodeName.rule)")
        }
        var facts = try await cluster.facts()
        facts.add(try await trust(facts.productLine))
        guard facts.releaseID == request.releaseID else {
            throw JoinRefusal(
                .releaseMismatch,
                "the cluster runs release \(facts.releaseID.hex.prefix(12)) (Kubernetes \(facts.kubernetesVersion.tag)), "
                    + "this bundle is release \(request.releaseID.hex.prefix(12))",
                hint: "use the bundle that the cluster was installed from")
        }
        let outcome = try await cluster.ledger.update {
            $0.redeem(
                request.inviteID, secret: secret, nodeKey: transport.peer, nodeName: request.nodeName,
                role: request.role, now: now)
        }
        if let refusal = Self.refusal(outcome, request) { throw refusal }
        let token = try BootstrapToken.make()
        let expiry = now + Self.tokenLifetime
        let before = try await cluster.ledger.update {
            $0.setToken(token.id, invite: request.inviteID, nodeKey: transport.peer)
        }
        if let before { try await cluster.revoke(tokenID: before) }
        try await cluster.admit(
            token, expiresAt: expiry, purpose: "invite \(request.inviteID) for \(request.nodeName)")
        // Revoked or asked for again meanwhile: whoever did that knew nothing of a token that was not there yet.
        let current = try await cluster.ledger.load().ledger
        guard current.token(invite: request.inviteID, nodeKey: transport.peer) == token.id else {
            try await cluster.revoke(tokenID: token.id)
            throw Self.refusal(.revoked, request) ?? Self.wrongSecret(request.inviteID)
        }
        logger.notice(
            "granted",
            metadata: [
                "invite": "\(request.inviteID)", "node": "\(request.nodeName)", "source": "\(transport.source)",
                "again": "\(outcome == .grantedAgain)",
            ])
        return JoinGrant(
            schemaVersion: 1, kubeadmToken: token.text, tokenExpiresAt: expiry,
            caCertHashes: [try await cluster.authorityDigest().description],
            certificateKey: request.role == .master ? try await cluster.shareCertificates() : nil,
            masters: try await cluster.masters(), cluster: facts, clock: now)
    }

    private func joined(_ request: JoinedRequest, _ transport: ServiceRequest, now: UInt64) async throws {
        _ = try await authenticate(request.inviteID, request.secret, transport, now: now)
        let token = try await cluster.ledger.update {
            $0.close(request.inviteID, nodeKey: transport.peer, now: now)
        }
        if let token {
            try await cluster.revoke(tokenID: token)
            _ = try await cluster.ledger.update { $0.forget(tokens: [token], invite: request.inviteID) }
        }
        logger.notice("joined", metadata: ["invite": "\(request.inviteID)", "source": "\(transport.source)"])
    }

    /// - Returns: the secret, proven to be the invite's.
    private func authenticate(
        _ id: InviteID, _ text: String, _ transport: ServiceRequest, now: UInt64
    ) async throws -> InviteSecret {
        if let wait = limiter.withLock({ $0.wait(transport.source, now: now) }) {
            throw JoinRefusal(
                .busy, "too many wrong secrets from \(transport.source)", hint: "wait \(wait) s and try again")
        }
        let ledger = try await cluster.ledger.load().ledger
        guard let secret = InviteSecret(text: text), ledger.invite(id, secret: secret) != nil else {
            limiter.withLock { $0.failed(transport.source, now: now) }
            logger.warning("wrong secret", metadata: ["invite": "\(id)", "source": "\(transport.source)"])
            throw Self.wrongSecret(id)
        }
        return secret
    }

    private func body<Value: Decodable>(_ type: Value.Type, of request: ServiceRequest) throws -> Value {
        do {
            return try CanonicalJSON.decode(type, from: Data(request.body))
        } catch {
            throw JoinRefusal(.invalidInput, "the request's body is not what \(request.path) takes")
        }
    }

    private func answer(_ status: Int, _ value: some Encodable, retryAfter: Int? = nil) throws -> HTTPSResponse {
        HTTPSResponse(status: status, body: Array(try CanonicalJSON.encode(value)), retryAfter: retryAfter)
    }
}
