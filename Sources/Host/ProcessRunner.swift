/// Starts programs. Tests give one that fails on any program they did not provide.
public protocol ProcessRunner: Sendable {
    /// Runs a program to its end.
    ///
    /// - Returns: whatever status it ended with.
    /// - Throws: `HostError.notStarted`, `HostError.timedOut`.
    func run(_ command: Command) async throws -> CommandResult
}

extension ProcessRunner {
    /// As `run`, and any status but 0 is an error with the end of what the program printed.
    @discardableResult
    public func require(_ command: Command) async throws -> CommandResult {
        let result = try await run(command)
        guard result.status != 0 else { return result }
        let end = result.ending
        if result.status > 128 {
            throw HostError.signalled(command: command.description, signal: result.status - 128, output: end)
        }
        throw HostError.failed(command: command.description, status: result.status, output: end)
    }
}
