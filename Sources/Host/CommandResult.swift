/// How a program ended, and what it printed.
public struct CommandResult: Hashable, Sendable {
    /// The exit status; 128 + N for signal N.
    public var status: Int32
    /// What it printed, byte for byte: not every program prints text.
    public var outputBytes: [UInt8]
    public var standardError: String

    public init(status: Int32, outputBytes: [UInt8], standardError: String = "") {
        self.status = status
        self.outputBytes = outputBytes
        self.standardError = standardError
    }

    public init(status: Int32, standardOutput: String = "", standardError: String = "") {
        self.init(status: status, outputBytes: Array(standardOutput.utf8), standardError: standardError)
    }

    /// `outputBytes` as text.
    public var standardOutput: String { String(decoding: outputBytes, as: UTF8.self) }

    /// The last lines of what it printed as errors, or else of its output, without secrets: what an error message quotes.
    public var ending: String {
        let printed = standardError.isEmpty ? standardOutput : standardError
        return Redaction.clean(printed).split(separator: "\n").suffix(20).joined(separator: "\n")
    }
}
