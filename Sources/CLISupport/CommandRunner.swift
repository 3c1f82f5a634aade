import ArgumentParser
import BundleModel

#if canImport(Glibc)
    import Glibc
#endif

/// The one place where a command's failure becomes text on stderr and an exit status.
public enum CommandRunner {
    /// Runs a command's body. Never returns normally on failure: prints the error and exits with its code.
    ///
    /// - Parameters:
    ///   - format: `json` prints the failure as one JSON object on stdout besides the text on stderr.
    ///   - body: the work; anything it throws that is not a `Diagnostic` counts as an internal fault.
    public static func run(format: OutputFormat = .text, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch let code as ExitCode {
            // The command has said everything itself; its result is the status.
            exit(code.rawValue)
        } catch {
            let report = FailureReport(error)
            StandardStreams.writeError(report.text)
            if format == .json { try? StandardStreams.writeJSON(report) }
            exit(report.exitCode)
        }
    }
}
