import ArgumentParser
public import BundleModel

/// A failure as scripts read it: `--format json` prints it on stdout.
public struct FailureReport: Codable, Hashable, Sendable {
    public let schemaVersion: Int
    public let category: DiagnosticCategory
    public let exitCode: Int32
    public let message: String
    public let hint: String

    /// The pure function from any error to what a person and a script see.
    public init(_ error: any Error) {
        schemaVersion = 1
        switch error {
        case let diagnostic as any Diagnostic:
            category = diagnostic.category
            message = diagnostic.message
            hint = diagnostic.hint
        case let wrong as ValidationError:
            category = .usage
            message = wrong.message
            hint = "--help lists the options"
        case is CancellationError:
            category = .interrupted
            message = "interrupted"
            hint = "run the same command again; it continues"
        default:
            category = .internal
            message = CanonicalJSON.explanation(of: error)
            hint = ""
        }
        exitCode = category.exitCode
    }

    /// `error: …` and, on a line of its own, what to do.
    public var text: String {
        "error: \(message)\n" + (hint.isEmpty ? "" : "hint: \(hint)\n")
    }
}
