import ArgumentParser
import Logging

/// `--log-level` of install and reset, which have a log file of their own, and progress on stderr for what it notes.
struct SessionLogging: ParsableArguments {
    @Option(
        name: .long,
        help: """
            The least important log lines to show on stderr too: trace, debug, info, notice, warning, error. The log \
            file of an installation or a reset has those from debug on in any case.
            """)
    var logLevel = "warning"

    var level: Logger.Level { Logger.Level(rawValue: logLevel) ?? .warning }

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("unknown log level '\(logLevel)'")
        }
    }
}
