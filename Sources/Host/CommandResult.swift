/// How a program ended, and what it printed.
public struct CommandResult: Hashable, Sendable {
    /// The exit status; 128 + N for signal N.
    public var status: Int32
    public var standardOutput: String
    public var standardError: String

    public init(status: Int32, standardOutput: String = "", standardError: String = "") {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}
