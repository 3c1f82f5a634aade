/// Text that is not a digest.
public enum DigestError: Error, Equatable {
    case malformed(String)
}

extension DigestError: Diagnostic {
    public var category: DiagnosticCategory { .invalidInput }
    public var message: String {
        switch self {
        case .malformed(let text): "not a SHA-256 digest: '\(text)'; expected sha256: and 64 hex digits"
        }
    }
    public var hint: String { "copy it whole, as sha256sum prints it" }
}
