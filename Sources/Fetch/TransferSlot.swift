/// The right to one connection. Released exactly once, by whoever ends the transfer.
struct TransferSlot: Sendable {
    let queue: TransferQueue
    let host: String
    let owner: String

    func release() { queue.release(host: host, owner: owner) }
}
