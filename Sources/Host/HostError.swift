public import BundleModel
import SystemPackage

/// What went wrong between this program and the machine it runs on.
public enum HostError: Error, Equatable {
    /// A system call on a path failed. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
    /// A program could not be started.
    case notStarted(command: String, reason: String)
    /// A program ended with another status than 0. `output` is the end of what it printed.
    case failed(command: String, status: Int32, output: String)
    /// A program was ended by a signal.
    case signalled(command: String, signal: Int32, output: String)
    /// A program did not end in time and was killed. `output` as in `failed`.
    case timedOut(command: String, seconds: Int, output: String)
}

extension HostError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .system(_, _, let errno): Errno(rawValue: errno) == .noSpace ? .noSpace : .hostCommandFailed
        case .notStarted, .failed, .signalled, .timedOut: .hostCommandFailed
        }
    }

    /// Without the secrets that a command line or a program's output may hold.
    public var message: String { Redaction.clean(text) }

    private var text: String {
        switch self {
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        case .notStarted(let command, let reason): "cannot start '\(command)': \(reason)"
        case .failed(let command, let status, let output):
            "'\(command)' ended with status \(status), expected 0\(Self.tail(output))"
        case .signalled(let command, let signal, let output):
            "'\(command)' was ended by signal \(signal)\(Self.tail(output))"
        case .timedOut(let command, let seconds, let output):
            "'\(command)' did not end within \(seconds) s and was killed\(Self.tail(output))"
        }
    }

    public var hint: String {
        category == .noSpace ? "free space on that file system and run the same command again" : ""
    }

    private static func tail(_ output: String) -> String {
        output.isEmpty ? "" : ":\n\(output)"
    }
}
