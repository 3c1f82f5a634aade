import NodeServices
import Synchronization

/// A ledger in memory with the Secret's rule: only who read the newest version may replace it.
final class InMemoryLedgerStoreForTests: LedgerStore {
    private struct State {
        var ledger = InviteLedger()
        var version = 0
        var conflicts = 0
    }

    private let state = Mutex(State())

    /// Lets the next saves fail as if another master had been faster.
    func conflictNext(_ count: Int) { state.withLock { $0.conflicts = count } }

    func load() async throws -> (ledger: InviteLedger, version: String) {
        state.withLock { ($0.ledger, "\($0.version)") }
    }

    func save(_ ledger: InviteLedger, replacing version: String) async throws -> Bool {
        state.withLock { state in
            if state.conflicts > 0 {
                state.conflicts -= 1
                state.version += 1
            }
            guard version == "\(state.version)" else { return false }
            state.ledger = ledger
            state.version += 1
            return true
        }
    }
}
