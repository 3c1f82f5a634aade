import Synchronization

/// Counts signs of life of a transfer.
final class Heartbeat: Sendable {
    private let count = Atomic<UInt64>(0)
    private let isPaused = Atomic<Bool>(false)

    func beat() { count.wrappingAdd(1, ordering: .relaxed) }

    /// From here on silence is work, not a stall.
    func pause() { isPaused.store(true, ordering: .relaxed) }

    /// A transfer goes on after work that paused it.
    func resume() { isPaused.store(false, ordering: .relaxed) }

    /// Changes while the transfer lives; nil while it is paused.
    var value: UInt64? { isPaused.load(ordering: .relaxed) ? nil : count.load(ordering: .relaxed) }
}
