import Synchronization

/// Counts signs of life of a transfer: bytes.
final class Heartbeat: Sendable {
    private let count = Atomic<UInt64>(0)
    private let isPaused = Atomic<Bool>(false)

    /// - Parameter bytes: that came.
    func beat(_ bytes: Int) { count.wrappingAdd(UInt64(bytes), ordering: .relaxed) }

    /// From here on silence is work, not a stall. The work counts as much as anything that may come.
    func pause() {
        count.wrappingAdd(1 << 40, ordering: .relaxed)
        isPaused.store(true, ordering: .relaxed)
    }

    /// A transfer goes on after work that paused it.
    func resume() { isPaused.store(false, ordering: .relaxed) }

    /// Grows while the transfer lives; nil while it is paused.
    var value: UInt64? { isPaused.load(ordering: .relaxed) ? nil : count.load(ordering: .relaxed) }
}
