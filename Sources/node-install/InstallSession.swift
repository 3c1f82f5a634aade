import BundleModel
import CLISupport
import FoundationEssentials
import InstallCore
import Logging

/// What install and reset share: the context of the machine itself, with the log.
enum InstallSession {
    /// - Parameter writesLog: false for looks that must leave nothing behind.
    static func context(
        progress: ProgressStyle, logging: SessionLogging, writesLog: Bool = true
    ) throws -> NodeContext {
        let label = "node-install"
        let log = writesLog ? try InstallLog() : nil
        var logger = Logger(label: label) { name in
            var standard = StreamLogHandler.standardError(label: name)
            standard.logLevel = logging.level
            guard let log else { return standard }
            return log.handler(also: standard)
        }
        logger.logLevel = log == nil ? logging.level : min(logging.level, .debug)
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
