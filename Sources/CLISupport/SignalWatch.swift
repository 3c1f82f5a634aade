import BundleModel
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// SIGINT and SIGTERM of this process, for one phase of its work after the other.
///
/// One source for each signal for the life of the process: Dispatch gives a signal its handler for the first source
/// alone, and what came to a second one would be lost.
final class SignalWatch: Sendable {
    private struct Phase {
        let interrupt: @Sendable () -> Void
        var hasCome = false
    }

    private struct Phases {
        var begun: UInt64 = 0
        var current: [UInt64: Phase] = [:]
    }

    private static let registered = Task { await SignalWatch.register() }

    private let phases = Mutex(Phases())

    private init() {}

    /// The process's own; from here on no signal is lost.
    static func shared() async -> SignalWatch { await registered.value }

    private static func register() async -> SignalWatch {
        let watch = SignalWatch()
        // A serial queue of its own gets a thread even while all others are blocked.
        let queue = DispatchQueue(label: "signals")
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { watch.take() }
            // Never let go of.
            _ = Unmanaged.passRetained(source as AnyObject)
            return source
        }
        for source in sources {
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler { continuation.resume() }
                source.resume()
            }
        }
        return watch
    }

    /// - Parameter interrupt: called for the first signal that comes before `end`. The next one ends the program.
    /// - Returns: what `end` takes.
    func begin(_ interrupt: @escaping @Sendable () -> Void) -> UInt64 {
        phases.withLock { phases in
            phases.begun += 1
            phases.current[phases.begun] = Phase(interrupt: interrupt)
            return phases.begun
        }
    }

    func end(_ phase: UInt64) {
        phases.withLock { phases in phases.current[phase] = nil }
    }

    private func take() {
        let interrupts: [@Sendable () -> Void]? = phases.withLock { phases in
            let current = phases.current
            guard !current.isEmpty, !current.values.contains(where: \.hasCome) else { return nil }
            for phase in current.keys { phases.current[phase]?.hasCome = true }
            return current.values.map { $0.interrupt }
        }
        guard let interrupts else {
            // Nothing goes on that could end in order, or it does not end: whoever sent this has waited long enough.
            _exit(DiagnosticCategory.interrupted.exitCode)
        }
        for interrupt in interrupts { interrupt() }
    }
}
