import BundleModel
import NodeServices
import Testing

struct LedgerStoreTests {
    @Test func concurrentChangesAreAllKept() async throws {
        let store = InMemoryLedgerStoreForTests()
        let invite = try Samples.invite(masters: [try Endpoint("10.0.0.1:7444")])
        try await store.update { $0.add(Samples.record(invite, uses: 3), now: Samples.now) }
        let outcomes = try await withThrowingTaskGroup(of: InviteLedger.Outcome.self) { group in
            for node in 0..<6 {
                group.addTask {
                    try await store.update {
                        $0.redeem(
                            invite.id, secret: invite.secret, nodeKey: Samples.digest("node \(node)"),
                            nodeName: "node\(node)", role: .worker, now: Samples.now)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .granted } == 3)
        #expect(outcomes.count { $0 == .usedUp } == 3)
        #expect(try await store.load().ledger.invites[0].bindings.count == 3)
    }

    @Test func aConflictStartsAgainFromTheNewestOne() async throws {
        let store = InMemoryLedgerStoreForTests()
        store.conflictNext(2)
        let invite = try Samples.invite(masters: [try Endpoint("10.0.0.1:7444")])
        try await store.update { $0.add(Samples.record(invite), now: Samples.now) }
        #expect(try await store.load().ledger.invites.count == 1)
    }

    @Test func endlessConflictsAreAnError() async throws {
        let store = InMemoryLedgerStoreForTests()
        store.conflictNext(1000)
        let invite = try Samples.invite(masters: [try Endpoint("10.0.0.1:7444")])
        await #expect(throws: NodeServicesError.conflict(object: "the list of invites", attempts: 12)) {
            try await store.update { $0.add(Samples.record(invite), now: Samples.now) }
        }
    }
}
