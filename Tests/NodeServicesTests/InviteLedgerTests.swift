import BundleModel
import NodeServices
import Testing

struct InviteLedgerTests {
    private let first = Samples.digest("first node")
    private let second = Samples.digest("second node")
    private let invite: Invite
    private var ledger = InviteLedger()

    init() throws {
        invite = try Samples.invite(masters: [try Endpoint("10.0.0.1:7444")])
        ledger.add(Samples.record(invite), now: Samples.now)
    }

    private func redeem(
        _ ledger: inout InviteLedger, _ key: SHA256Digest, secret: InviteSecret? = nil, role: NodeRole = .worker,
        now: UInt64 = Samples.now
    ) -> InviteLedger.Outcome {
        ledger.redeem(
            invite.id, secret: secret ?? invite.secret, nodeKey: key, nodeName: "node", role: role, now: now)
    }

    @Test func usesCountNodesNotRequests() {
        var ledger = ledger
        #expect(redeem(&ledger, first) == .granted)
        #expect(redeem(&ledger, first) == .grantedAgain)
        #expect(redeem(&ledger, second) == .usedUp)
        #expect(redeem(&ledger, first) == .grantedAgain)
        #expect(ledger.invites[0].bindings.map(\.nodeKey) == [first])
    }

    @Test func severalUsesTakeAsManyNodes() {
        var ledger = InviteLedger()
        ledger.add(Samples.record(invite, uses: 2), now: Samples.now)
        #expect(redeem(&ledger, first) == .granted)
        #expect(redeem(&ledger, second) == .granted)
        #expect(redeem(&ledger, Samples.digest("third")) == .usedUp)
    }

    @Test func aNodeThatJoinedGetsNothingMore() {
        var ledger = ledger
        #expect(redeem(&ledger, first) == .granted)
        #expect(ledger.setToken("abcdef", invite: invite.id, nodeKey: first) == nil)
        #expect(ledger.setToken("ghijkl", invite: invite.id, nodeKey: first) == "abcdef")
        #expect(ledger.close(invite.id, nodeKey: first, now: Samples.now + 5) == "ghijkl")
        // Until it is gone from the cluster.
        #expect(ledger.close(invite.id, nodeKey: first, now: Samples.now + 9) == "ghijkl")
        ledger.forget(tokens: ["ghijkl"], invite: invite.id)
        #expect(ledger.close(invite.id, nodeKey: first, now: Samples.now + 9) == nil)
        #expect(ledger.setToken("mnopqr", invite: invite.id, nodeKey: first) == nil)
        #expect(ledger.token(invite: invite.id, nodeKey: first) == nil)
        #expect(ledger.invites[0].bindings[0].joinedAt == Samples.now + 5)
        #expect(redeem(&ledger, first) == .alreadyJoined)
        #expect(redeem(&ledger, second) == .usedUp)
    }

    @Test func expiryEndsItForBoundNodesToo() {
        var ledger = ledger
        #expect(redeem(&ledger, first, now: invite.expiresAt - 1) == .granted)
        #expect(redeem(&ledger, first, now: invite.expiresAt) == .expired)
        #expect(redeem(&ledger, second, now: invite.expiresAt) == .expired)
    }

    @Test func revokingEndsItAndGivesTheTokens() {
        var ledger = ledger
        #expect(redeem(&ledger, first) == .granted)
        _ = ledger.setToken("abcdef", invite: invite.id, nodeKey: first)
        #expect(ledger.token(invite: invite.id, nodeKey: first) == "abcdef")
        // A revocation that failed before the token was gone is done again.
        for _ in 0..<2 { #expect(ledger.revoke(invite.id, now: Samples.now) == ["abcdef"]) }
        #expect(ledger.token(invite: invite.id, nodeKey: first) == nil)
        ledger.forget(tokens: ["abcdef"], invite: invite.id)
        #expect(ledger.revoke(invite.id, now: Samples.now) == [])
        #expect(redeem(&ledger, first) == .revoked)
        #expect(ledger.invites[0].state(now: Samples.now) == "revoked")
    }

    @Test func wrongSecretsAndUnknownInvitesLookAlike() throws {
        var ledger = ledger
        let before = ledger
        #expect(redeem(&ledger, first, secret: try InviteSecret.make()) == .wrongSecret)
        var empty = InviteLedger()
        #expect(redeem(&empty, first) == .wrongSecret)
        // Nothing is told about an invite to who has not its secret: not that it expired, not that it was revoked.
        #expect(redeem(&ledger, first, secret: try InviteSecret.make(), now: invite.expiresAt) == .wrongSecret)
        #expect(ledger == before)
        #expect(ledger.revoke(try #require(InviteID(bytes: [9, 9, 9, 9, 9])), now: Samples.now) == nil)
    }

    @Test func theOtherRoleIsRefusedAndNothingIsBound() {
        var ledger = ledger
        #expect(redeem(&ledger, first, role: .master) == .otherRole(.worker))
        #expect(ledger.invites[0].bindings == [])
    }

    @Test func whatIsStoredHoldsNoSecret() throws {
        let text = String(decoding: try CanonicalJSON.encode(ledger), as: UTF8.self)
        #expect(text.contains(invite.secret.digest.hex))
        let digits = invite.text.filter { $0 != "-" }.dropFirst(3)
        #expect(!text.contains(digits.dropFirst(14).prefix(16)))
        #expect(try CanonicalJSON.decode(InviteLedger.self, from: CanonicalJSON.encode(ledger)) == ledger)
    }

    @Test func longEndedInvitesAreForgotten() throws {
        var ledger = ledger
        let later = invite.expiresAt + InviteLedger.memory + 1
        let newer = try Samples.invite(masters: invite.masters, expiresAt: later + 60)
        ledger.add(Samples.record(newer), now: later)
        #expect(ledger.invites.count == 1)
    }
}
