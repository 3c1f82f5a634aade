public import BundleModel
import SystemPackage

/// What went wrong between this program and the machine it runs on.
public enum HostError: Error, Equatable {
    /// A system call on a path failed. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
    /// A file that the operator named cannot be read. `errno` as in errno(3).
    case unreadableInput(path: String, errno: Int32)
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
        case .system(_, _, let errno): Errno(rawValue: errno).isOfSpace ? .noSpace : .hostCommandFailed
        case .unreadableInput: .invalidInput
        // Programs have no status of their own for a full disk, only strerror's words.
        case .failed(_, _, let output), .signalled(_, _, let output):
            output.lowercased().contains("no space left on device") ? .noSpace : .hostCommandFailed
        case .notStarted, .timedOut: .hostCommandFailed
        }
    }

    /// Without the secrets that a command line or a program's output may hold.
    public var message: String { Redaction.clean(text) }

    private var text: String {
        switch self {
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        case .unreadableInput(let path, let errno): "cannot read \(path): \(Errno(rawValue: errno))"
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
        if category == .noSpace { return "free space on that file system and run the same command again" }
        switch self {
        case .system(_, _, let errno):
            switch Errno(rawValue: errno) {
            case .permissionDenied, .notPermitted: return "check who may use it, and run the same command again"
            case .ioError, .readOnlyFileSystem: return "check the disk: the kernel's log (dmesg) says what is wrong"
            default: return "check that path, and run the same command again"
            }
        case .unreadableInput: return "check the name, and that it is a file that you may read"
        case .notStarted: return "check that the program is installed and can be executed"
        case .failed, .signalled: return "mend what the program complains about, and run the same command again"
        case .timedOut: return "see why the program does not come to an end, and run the same command again"
        }
    }

    private static func tail(_ output: String) -> String {
        output.isEmpty ? "" : ":\n\(output)"
    }
}
