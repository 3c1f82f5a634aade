/// Text that is not a version.
public enum VersionError: Error, Equatable {
    case malformed(String)
}

extension VersionError: Diagnostic {
    public var category: DiagnosticCategory { .invalidInput }
    public var message: String {
        switch self {
        case .malformed(let text): "not a version: '\(text)'; expected the form v1.33.6"
        }
    }
    public var hint: String { "'bundler matrix' lists the known versions" }
}
