import BundleModel
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Turns the first SIGINT or SIGTERM into cancellation, so that the work ends in order. A second one ends the program.
public enum Interruption {
    /// Runs the work as a task of its own. Afterwards the two signals have their default effect again.
    ///
    /// - Throws: what the work throws: `CancellationError`, as a rule, once a signal has come.
    public static func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let hasCome = Atomic<Bool>(false)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                guard !hasCome.exchange(true, ordering: .relaxed) else {
                    // The work does not end: whoever sent this has waited long enough.
                    _exit(DiagnosticCategory.interrupted.exitCode)
                }
                signal(number, SIG_DFL)
                arrival.yield()
            }
            return source
        }
        // From here on no signal is lost; before, it would be ignored.
        for source in sources {
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler { continuation.resume() }
                source.resume()
            }
        }
        let task = Task { try await work() }
        let watch = Task { for await _ in arrivals { task.cancel() } }
        defer {
            watch.cancel()
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        }
        return try await task.value
    }
}
