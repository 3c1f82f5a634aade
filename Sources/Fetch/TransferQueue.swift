import Synchronization

/// Gives out the connections that `TransferLimits` allows. Whoever has the fewest open is served first, so that one large
/// file in many parts does not keep a small one waiting; among equals, whoever asked first.
final class TransferQueue: Sendable {
    private struct Waiter: Sendable {
        let number: UInt64
        let host: String
        let owner: String
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State: Sendable {
        var asked: UInt64 = 0
        var open = 0
        var openByHost: [String: Int] = [:]
        var openByOwner: [String: Int] = [:]
        var waiting: [Waiter] = []

        mutating func next(connections: Int, perHost: Int) -> Waiter? {
            guard open < connections else { return nil }
            let ready = waiting.indices.filter { openByHost[waiting[$0].host, default: 0] < perHost }
            let best = ready.min { left, right in
                let (held, other) = (
                    openByOwner[waiting[left].owner, default: 0], openByOwner[waiting[right].owner, default: 0]
                )
                return (held, waiting[left].number) < (other, waiting[right].number)
            }
            guard let best else { return nil }
            let waiter = waiting.remove(at: best)
            open += 1
            openByHost[waiter.host, default: 0] += 1
            openByOwner[waiter.owner, default: 0] += 1
            return waiter
        }
    }

    private let connections: Int
    private let perHost: Int
    private let state = Mutex(State())

    init(_ limits: TransferLimits) {
        connections = limits.openConnections
        perHost = max(1, limits.perHost)
    }

    /// How many connections one file may have at most.
    var widest: Int { min(connections, perHost) }

    /// Waits for a free connection. The slot is to be released once the transfer has ended, however it ended.
    ///
    /// - Parameter owner: names the file, for fairness.
    func slot(host: String, owner: String) async throws -> TransferSlot {
        let number = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let waiter = Waiter(number: number, host: host, owner: owner, continuation: continuation)
                let isCancelled = state.withLock { state in
                    // Asked under the lock: the handler below has then either run before, or finds this waiter.
                    if Task.isCancelled { return true }
                    state.waiting.append(waiter)
                    return false
                }
                if isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    serve()
                }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
        return TransferSlot(queue: self, host: host, owner: owner)
    }

    func release(host: String, owner: String) {
        state.withLock { state in
            state.open -= 1
            state.openByHost[host, default: 1] -= 1
            state.openByOwner[owner, default: 1] -= 1
            if state.openByHost[host] == 0 { state.openByHost[host] = nil }
            if state.openByOwner[owner] == 0 { state.openByOwner[owner] = nil }
        }
        serve()
    }

    private func serve() {
        let ready = state.withLock { state -> [Waiter] in
            var ready: [Waiter] = []
            while let waiter = state.next(connections: connections, perHost: perHost) { ready.append(waiter) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
