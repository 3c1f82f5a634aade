/// An error that a person can act on: what failed, and one line of what to do.
///
/// Every module with effects has one error type that conforms. Commands print `message` and `hint` and exit with
/// `category.exitCode`; nothing ever branches on the text.
public protocol Diagnostic: Error, CustomStringConvertible {
    /// Decides the exit code.
    var category: DiagnosticCategory { get }
    /// What failed, with the expected and the actual value.
    var message: String { get }
    /// One line: what to do next. Empty when there is nothing better than the message.
    var hint: String { get }
}

extension Diagnostic {
    public var description: String { hint.isEmpty ? message : "\(message)\n\(hint)" }
}
