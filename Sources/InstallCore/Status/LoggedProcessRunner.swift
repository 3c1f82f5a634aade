import Host
import Logging

/// Writes every program that runs into the log: its status, its time, and what it printed.
struct LoggedProcessRunner: ProcessRunner {
    let runner: any ProcessRunner
    let logger: Logger

    /// Lines of output that are kept: a success is asked about in loops, a failure is read by a person.
    private static let lines = (success: 4, failure: 60)

    func run(_ command: Command) async throws -> CommandResult {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let result = try await runner.run(command)
            let limit = Self.limit(command, result)
            let output = Self.end(of: "\(result.standardOutput)\n\(result.standardError)", lines: limit)
            logger.debug("'\(command)' ended with status \(result.status) after \(clock.now - start)\(output)")
            return result
        } catch {
            logger.debug("'\(command)' failed after \(clock.now - start): \(error)")
            throw error
        }
    }

    private static func limit(_ command: Command, _ result: CommandResult) -> Int {
        // kubeadm makes the cluster, and its report is the only one of what it did.
        if command.executable == NodePaths.binary("kubeadm") { return .max }
        return result.status == 0 ? lines.success : lines.failure
    }

    /// The last lines, each on a line of its own and none longer than 500 characters. Secrets go first: half of one is
    /// not recognised.
    static func end(of text: String, lines limit: Int) -> String {
        let lines = Redaction.clean(text).split(whereSeparator: \.isNewline)
        let left = lines.count - limit
        let note = left > 0 ? ["  (\(left) lines left out)"] : []
        return (note + lines.suffix(limit).map { "  \($0.prefix(500))" }).map { "\n\($0)" }.joined()
    }
}
