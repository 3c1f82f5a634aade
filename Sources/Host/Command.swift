public import SystemPackage

/// A program to run, without a shell.
public struct Command: Sendable {
    /// Where its standard input comes from.
    public enum Input: Sendable {
        /// /dev/null
        case none
        case file(FilePath)
        /// `produce` runs on a blocking thread and writes to the descriptor; the program sees the end of input when
        /// it returns. It must not close the descriptor. EPIPE from a program that ended early is not reported.
        case stream(produce: @Sendable (FileDescriptor) throws -> Void)
    }

    /// A path, or a name that is looked up on PATH.
    public var executable: String
    public var arguments: [String]
    /// Added to the inherited environment.
    public var environment: [String: String]
    public var input: Input
    /// Seconds until it is killed.
    public var timeout: Int
    /// Bytes of output that are kept; a program that prints more loses the beginning.
    public var outputLimit: Int

    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: Input = .none, timeout: Int = 60, outputLimit: Int = 4 << 20
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeout = timeout
        self.outputLimit = outputLimit
    }
}

extension Command: CustomStringConvertible {
    /// For messages: as a person would type it.
    public var description: String {
        ([executable] + arguments).map { $0.isEmpty || $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
    }
}
