import Synchronization

/// Gives out the connections that `TransferLimits` allows.
final class TransferQueue: Sendable {
    private struct State: Sendable {
        var book: TransferBook
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    }

    /// How many connections one file may have at most.
    let widest: Int
    private let state: Mutex<State>

    init(_ limits: TransferLimits) {
        let (connections, perHost) = (limits.openConnections, max(1, limits.perHost))
        widest = min(connections, perHost)
        state = Mutex(State(book: TransferBook(connections: connections, perHost: perHost)))
    }

    /// Waits for a free connection. The slot is to be released once the transfer has ended, however it ended.
    ///
    /// - Parameter owner: names the file, for fairness.
    func slot(host: String, owner: String) async throws -> TransferSlot {
        let place = Mutex<UInt64?>(nil)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    // Asked under the lock: the handler below has then either run before, or finds this waiter.
                    if Task.isCancelled { return true }
                    let number = state.book.ask(host: host, owner: owner)
                    place.withLock { $0 = number }
                    state.waiting[number] = continuation
                    return false
                }
                if isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    serve()
                }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let number = place.withLock({ $0 }) else { return nil }
                state.book.withdraw(number)
                return state.waiting.removeValue(forKey: number)
            }
            waiter?.resume(throwing: CancellationError())
        }
        return TransferSlot(queue: self, host: host, owner: owner)
    }

    func release(host: String, owner: String) {
        state.withLock { $0.book.release(host: host, owner: owner) }
        serve()
    }

    private func serve() {
        let ready = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            var ready: [CheckedContinuation<Void, any Error>] = []
            while let number = state.book.next() {
                if let continuation = state.waiting.removeValue(forKey: number) { ready.append(continuation) }
            }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }
}
