import Host

extension CancellationFlag {
    /// - Throws: `CancellationError` once the flag is raised.
    func check() throws {
        if isRaised { throw CancellationError() }
    }

    /// Runs work that blocks, and raises the flag that it looks at when the task is cancelled.
    static func blocking<Result: Sendable>(
        _ work: @escaping @Sendable (CancellationFlag) throws -> Result
    ) async throws -> Result {
        let stop = CancellationFlag()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await BlockingPool.shared.run { try work(stop) }
        } onCancel: {
            stop.raise()
        }
    }
}
