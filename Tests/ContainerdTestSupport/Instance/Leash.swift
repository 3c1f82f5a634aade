import Dispatch

/// Holds a blocking thread until it is let go.
final class Leash: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func hold() { semaphore.wait() }
    func letGo() { semaphore.signal() }

    deinit { semaphore.signal() }
}
