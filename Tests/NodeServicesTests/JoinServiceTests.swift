import BundleModel
import NodeServices
import Testing

struct JoinServiceTests {
    @Test func aNodeWithAnInviteGetsAllThatItNeeds() async throws {
        try await JoinBench.run { bench in
            let grant = try await bench.redeem(try Samples.identity())
            #expect(bench.cluster.admitted == [grant.kubeadmToken])
            #expect(grant.kubeadmToken.wholeMatch(of: /[a-z0-9]{6}\.[a-z0-9]{16}/) != nil)
            #expect(grant.caCertHashes == [Samples.digest("ca").description])
            #expect(grant.masters == [try Endpoint("10.0.0.1:6443")])
            #expect(grant.cluster == (try Samples.facts()))
            #expect(grant.clock == Samples.now)
            #expect(grant.certificateKey == nil)
        }
    }

    @Test func aGrantCarriesWhatTheClusterAndThisMasterBelieve() async throws {
        let newer = Samples.digest("revoked since")
        try await JoinBench.run(trust: ClusterTrust(lowestSequence: 9, revokedKeys: [newer])) { bench in
            let cluster = try await bench.redeem(try Samples.identity()).cluster
            #expect(cluster.lowestSequence == 9)
            #expect(Set(cluster.revokedKeys) == [Samples.digest("revoked"), newer])
            #expect(cluster.podCIDR == "10.244.0.0/16")
        }
        // A master that knows less takes nothing back.
        try await JoinBench.run(trust: ClusterTrust(lowestSequence: 3, revokedKeys: [])) { bench in
            let cluster = try await bench.redeem(try Samples.identity()).cluster
            #expect(cluster == (try Samples.facts()))
        }
    }

    @Test func aSecondNodeIsRefusedAndTheFirstMayAskAgain() async throws {
        try await JoinBench.run { bench in
            let first = try Samples.identity("first")
            let old = try await bench.redeem(first)
            let outcome1 = try await bench.refusalOfNewNode("second")
            #expect(outcome1 == .inviteUsed)
            let new = try await bench.redeem(first)
            #expect(new.kubeadmToken != old.kubeadmToken)
            // The token that it held before is of no use any more.
            #expect(bench.cluster.revoked == [String(old.kubeadmToken.prefix(6))])
        }
    }

    @Test func joinedRevokesTheTokenAndClosesTheBinding() async throws {
        try await JoinBench.run { bench in
            let node = try Samples.identity()
            let grant = try await bench.redeem(node)
            try await bench.client(node).confirm()
            try await bench.client(node).confirm()
            #expect(bench.cluster.revoked == [String(grant.kubeadmToken.prefix(6))])
            let outcome2 = try await bench.refusal(node)
            #expect(outcome2 == .inviteUsed)
        }
    }

    @Test func wrongSecretsAreRefusedAndThenHaveToWait() async throws {
        try await JoinBench.run { bench in
            let node = try Samples.identity()
            var wrong = bench.invite
            wrong.secret = try InviteSecret.make()
            for _ in 0..<5 {
                let outcome = try await bench.refusal(node, invite: wrong)
                #expect(outcome == .inviteRefused)
            }
            // Now even the right secret has to wait.
            do {
                _ = try await bench.redeem(node)
                Issue.record("granted during the wait")
            } catch NodeServicesError.refused(let refusal) {
                #expect(refusal.category == .inviteRefused)
                #expect(refusal.message.contains("too many"))
            }
            #expect(bench.cluster.admitted == [])
        }
    }

    @Test func anExpiredInviteIsRefused() async throws {
        try await JoinBench.run(expiresAt: Samples.now) { bench in
            let outcome3 = try await bench.refusalOfNewNode()
            #expect(outcome3 == .inviteExpired)
        }
    }

    @Test func anotherReleaseIsRefusedAndBindsNothing() async throws {
        try await JoinBench.run { bench in
            let category = try await bench.refusalOfNewNode(release: Samples.digest("other"))
            #expect(category == .releaseMismatch)
            let outcome4 = try await bench.refusalOfNewNode("another")
            #expect(outcome4 == nil)
        }
    }

    @Test(arguments: [Samples.now - 301, Samples.now + 301])
    func aWrongClockIsRefusedAndBindsNothing(clock: UInt64) async throws {
        try await JoinBench.run { bench in
            let outcome5 = try await bench.refusalOfNewNode(clock: clock)
            #expect(outcome5 == .clockSkew)
            let outcome6 = try await bench.refusalOfNewNode("another", clock: Samples.now + 300)
            #expect(outcome6 == nil)
        }
    }

    @Test func anotherCertificateThanThePinnedOneGetsNoSecret() async throws {
        try await JoinBench.run { bench in
            var wrong = bench.invite
            wrong.pin = PublicKeyPin(Samples.digest("another key"))
            do {
                _ = try await bench.redeem(try Samples.identity(), invite: wrong)
                Issue.record("granted by an unknown server")
            } catch NodeServicesError.pinMismatch(_, let expected, _) {
                #expect(expected == wrong.pin.truncated.description)
            }
            #expect(bench.cluster.admitted == [])
        }
    }

    @Test func aDeadMasterIsPassedOver() async throws {
        try await JoinBench.run { bench in
            var invite = bench.invite
            // Port 1 on loopback refuses.
            invite.masters = [try Endpoint("127.0.0.1:1"), bench.server.endpoint]
            let outcome7 = try await bench.refusalOfNewNode(invite: invite)
            #expect(outcome7 == nil)
            invite.masters = [try Endpoint("127.0.0.1:1")]
            let outcome8 = try await bench.refusalOfNewNode(invite: invite)
            #expect(outcome8 == .joinUnreachable)
        }
    }

    @Test func theOtherRoleIsRefused() async throws {
        try await JoinBench.run(role: .master) { bench in
            let outcome9 = try await bench.refusalOfNewNode()
            #expect(outcome9 == .inviteRefused)
            let grant = try await bench.client(try Samples.identity())
                .redeem(nodeName: "master1", role: .master, releaseID: Samples.release)
            #expect(grant.certificateKey?.count == 64)
        }
    }

    @Test func grantsAndTokensShowNoSecretWhenPrinted() async throws {
        try await JoinBench.run { bench in
            let grant = try await bench.redeem(try Samples.identity())
            #expect(!"\(grant)".contains(grant.kubeadmToken.suffix(16)))
            #expect(!String(reflecting: grant).contains(grant.kubeadmToken.suffix(16)))
        }
    }

    /// It is shown to people, and kept.
    @Test(arguments: ["", "a b", "node\u{1b}[2J", "-a", "A", "a..b", String(repeating: "a", count: 254)])
    func aNameThatNoNodeCanHaveIsRefusedBeforeAnythingIsBound(_ name: String) async throws {
        try await JoinBench.run { bench in
            let node = try Samples.identity()
            let error = await #expect(throws: (any Error).self) { try await bench.redeem(node, name: name) }
            #expect((error as? any Diagnostic)?.category == .invalidInput)
            #expect(bench.cluster.admitted == [])
            // Another node may still have the invite.
            _ = try await bench.redeem(try Samples.identity("other"))
        }
    }
}
