import Synchronization

/// What the threads of one check share.
final class VerifyState: Sendable {
    private let next = Atomic<Int>(0)
    private let bytes = Atomic<UInt64>(0)
    private let stopped = Atomic<Bool>(false)
    private let first = Mutex<(number: Int, error: any Error)?>(nil)

    /// The number of the next piece of work; nil when there is none or all is to stop.
    func take(of count: Int) -> Int? {
        guard !stopped.load(ordering: .relaxed) else { return nil }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    /// Notes a failure and stops the rest. Pieces are taken in order and finished, so that the one with the lowest number
    /// is the first of all, whichever thread was faster.
    func fail(_ number: Int, _ error: any Error) {
        stop()
        first.withLock { if number < $0?.number ?? .max { $0 = (number, error) } }
    }

    var failure: (any Error)? { first.withLock { $0?.error } }

    /// - Returns: bytes that all threads have checked by now.
    func add(_ count: UInt64) -> UInt64 { bytes.wrappingAdd(count, ordering: .relaxed).newValue }
}
