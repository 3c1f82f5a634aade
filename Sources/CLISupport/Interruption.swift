/// Turns the first SIGINT or SIGTERM into cancellation, so that the work ends in order. A second one ends the program.
public enum Interruption {
    /// Runs the work as a task of its own: a phase of the program, which may have several. Between them a signal ends
    /// the program.
    ///
    /// - Throws: what the work throws: `CancellationError`, as a rule, once a signal has come.
    public static func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let watch = await SignalWatch.shared()
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let phase = watch.begin { arrival.yield() }
        let task = Task { try await work() }
        let canceller = Task { for await _ in arrivals { task.cancel() } }
        defer {
            canceller.cancel()
            watch.end(phase)
        }
        return try await task.value
    }
}
