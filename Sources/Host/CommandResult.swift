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

    /// The last lines of what it printed as errors, or else of its output, without secrets: what an error message quotes.
    public var ending: String {
        let printed = standardError.isEmpty ? standardOutput : standardError
        return Redaction.clean(printed).split(separator: "\n").suffix(20).joined(separator: "\n")
    }
}
