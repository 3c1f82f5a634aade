import Synchronization

/// Raised by a task's cancellation for a thread of the blocking pool, which belongs to no task.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    func raise() { flag.store(true, ordering: .relaxed) }

    var isRaised: Bool { flag.load(ordering: .relaxed) }
}
