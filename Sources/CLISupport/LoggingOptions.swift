public import ArgumentParser
public import Logging

/// `--log-level`, for every command.
public struct LoggingOptions: ParsableArguments {
    @Option(name: .long, help: "The least important log lines to show: trace, debug, info, notice, warning, error.")
    public var logLevel: String = "notice"

    public init() {}

    public func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("unknown log level '\(logLevel)'")
        }
    }

    /// A logger on stderr.
    public func makeLogger(label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
        return logger
    }
}
