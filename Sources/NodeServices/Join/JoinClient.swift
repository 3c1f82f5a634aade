public import BundleModel
import FoundationEssentials
public import Host

/// A node's side of joining: asks the masters of an invite, one after the other.
public struct JoinClient: Sendable {
    private let invite: Invite
    private let identity: TLSIdentity
    private let clock: any WallClock
    private let timeout: Int

    /// - Parameters:
    ///   - identity: the node's key, as `NodeIdentity.loadOrMake` gives it.
    ///   - timeout: seconds for each master.
    public init(_ invite: Invite, identity: TLSIdentity, clock: any WallClock, timeout: Int = 20) {
        self.invite = invite
        self.identity = identity
        self.clock = clock
        self.timeout = timeout
    }

    /// Asks to be let in. May be asked again until the node has joined.
    ///
    /// - Throws: `NodeServicesError.refused` with the category that decides the exit code, `.noMasterAnswers`,
    ///   `.pinMismatch`, and `InviteError.expired` when nobody answers and our own clock says so.
    public func redeem(nodeName: String, role: NodeRole, releaseID: SHA256Digest) async throws -> JoinGrant {
        guard role == invite.role else {
            throw NodeServicesError.refused(
                JoinRefusal(
                    .inviteRefused,
                    "the invite is for a \(invite.role.rawValue), this node is to be a \(role.rawValue)",
                    hint: "make one on a master: node-install token create --role \(role.rawValue)"))
        }
        let now = clock.now.epochSeconds
        let request = JoinRequest(invite, nodeName: nodeName, role: role, releaseID: releaseID, clock: now)
        let (answer, master) = try await ask("/v1/join", try CanonicalJSON.encodeLine(request), now: now)
        let grant: JoinGrant
        do {
            grant = try CanonicalJSON.decode(JoinGrant.self, from: Data(answer.body))
        } catch {
            throw NodeServicesError.badAnswer(
                endpoint: master.description, reason: CanonicalJSON.explanation(of: error))
        }
        guard grant.cluster.releaseID == releaseID, !grant.masters.isEmpty, !grant.caCertHashes.isEmpty else {
            throw NodeServicesError.badAnswer(endpoint: master.description, reason: "the grant is not complete")
        }
        return grant
    }

    /// Says that the node has joined: its kubeadm token is revoked and the invite is closed for it. Again is fine.
    public func confirm() async throws {
        let request = JoinedRequest(inviteID: invite.id, secret: invite.secret.text)
        _ = try await ask("/v1/joined", try CanonicalJSON.encodeLine(request), now: clock.now.epochSeconds)
    }

    private func ask(_ path: String, _ body: Data, now: UInt64) async throws -> (HTTPSResponse, Endpoint) {
        var reasons: [String] = []
        var mismatch: NodeServicesError?
        for master in invite.masters {
            do {
                let client = try HTTPSClient(
                    master, trust: .pin(invite.pin), identity: identity, timeout: timeout)
                let answer = try await client.send(HTTPSRequest(.post, path, body: Array(body)))
                if (200..<300).contains(answer.status) { return (answer, master) }
                reasons.append(try reason(answer, master))
            } catch let error as NodeServicesError {
                if case .refused = error { throw error }
                if case .badCredentials = error { throw error }
                if case .pinMismatch = error { mismatch = error }
                reasons.append(error.message)
            }
        }
        if let mismatch { throw mismatch }
        try invite.requireUnexpired(now: now)
        throw NodeServicesError.noMasterAnswers(reasons)
    }

    /// A refusal is the cluster's word, by any master; a master in trouble is a reason to ask the next one.
    private func reason(_ answer: HTTPSResponse, _ master: Endpoint) throws -> String {
        guard let refusal = try? CanonicalJSON.decode(JoinRefusal.self, from: Data(answer.body)) else {
            return "\(master) answered with status \(answer.status)"
        }
        guard answer.status < 500 else { return "\(master): \(refusal.message)" }
        guard refusal.category == .busy else { throw NodeServicesError.refused(refusal) }
        throw NodeServicesError.refused(
            JoinRefusal(.inviteRefused, refusal.message, hint: refusal.hint))
    }
}
