public import BundleModel

/// One thing that preflight found.
public struct Finding: Codable, Hashable, Sendable {
    public enum Severity: String, Codable, Sendable, CaseIterable {
        /// Stops the installation.
        case error
        case warning
        /// Something that the installation will do.
        case info
    }

    /// Stable, for scripts: `memory`, `port-6443`.
    public var id: String
    public var severity: Severity
    /// What is so, with the actual and the expected value.
    public var cause: String
    /// What to do about it.
    public var fix: String
    /// The exit code's category if this alone stops the installation.
    public var category: DiagnosticCategory

    public init(
        id: String, severity: Severity, cause: String, fix: String, category: DiagnosticCategory = .preflightFailed
    ) {
        self.id = id
        self.severity = severity
        self.cause = cause
        self.fix = fix
        self.category = category
    }
}
