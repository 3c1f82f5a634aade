import BundleModel
import CLISupport
import FoundationEssentials
import InstallCore
import Logging

/// What install and reset share: the context of the machine itself, with the log.
enum InstallSession {
    /// - Parameter writesLog: false for looks that must leave nothing behind.
    static func context(
        progress: ProgressStyle, logging: LoggingOptions, writesLog: Bool = true
    ) throws -> NodeContext {
        let label = "node-install"
        var logger = Logger(label: label) { name in
            var standard = StreamLogHandler.standardError(label: name)
            standard.logLevel = Logger.Level(rawValue: logging.logLevel) ?? .notice
            return standard
        }
        if writesLog {
            let log = try InstallLog()
            logger = Logger(label: label) { name in
                var standard = StreamLogHandler.standardError(label: name)
                // Progress already tells on stderr what the log notes.
                standard.logLevel = max(Logger.Level(rawValue: logging.logLevel) ?? .notice, .warning)
                return log.handler(also: standard)
            }
            logger.logLevel = .debug
        }
        let boundary = Boundary(killAt: ProcessInfo.processInfo.environment["NODE_INSTALL_KILL_AT"])
        return NodeContext.system(
            progress: ProgressRenderer(style: progress), logger: logger, boundary: boundary)
    }

    /// Runs the work so that a signal ends it in order, and a failure is in the log and names it.
    static func logged<Result: Sendable>(
        _ context: NodeContext, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await Interruption.cancelling(work)
        } catch {
            context.logger.info("ended with: \(error)")
            StandardStreams.writeError("log: \(NodePaths.log)\n")
            throw error
        }
    }
}
