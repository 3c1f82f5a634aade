import Synchronization

/// The right to one connection, given back once.
final class TransferSlot: Sendable {
    private let queue: TransferQueue
    private let host: String
    private let owner: String
    private let isReleased = Atomic<Bool>(false)

    init(queue: TransferQueue, host: String, owner: String) {
        self.queue = queue
        self.host = host
        self.owner = owner
    }

    /// To be called however the transfer ended; again does nothing.
    func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        queue.release(host: host, owner: owner)
    }
}
