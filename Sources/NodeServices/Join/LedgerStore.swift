/// Where the ledger lives. Two masters may change it at the same time: a change counts only if nobody was faster.
public protocol LedgerStore: Sendable {
    /// - Returns: the ledger and what `save` needs to know which one it was; an empty one where there is none yet.
    func load() async throws -> (ledger: InviteLedger, version: String)
    /// - Returns: false when the stored ledger is no longer the one of that version.
    func save(_ ledger: InviteLedger, replacing version: String) async throws -> Bool
}

extension LedgerStore {
    private static var attempts: Int { 12 }

    /// Changes the ledger, from the newest one each time somebody else was faster.
    ///
    /// - Throws: `NodeServicesError.conflict` after many attempts.
    public func update<Value: Sendable>(
        _ change: @Sendable (inout InviteLedger) throws -> Value
    ) async throws -> Value {
        for _ in 0..<Self.attempts {
            let (before, version) = try await load()
            var after = before
            let value = try change(&after)
            if after == before { return value }
            if try await save(after, replacing: version) { return value }
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...100)))
        }
        throw NodeServicesError.conflict(object: "the list of invites", attempts: Self.attempts)
    }
}
