/// Text that is not a digest.
public enum DigestError: Error, Equatable {
    case malformed(String)
    /// `SHA256:` and something that is no digest.
    case badFingerprint(String)
}

extension DigestError: Diagnostic {
    public var category: DiagnosticCategory { .invalidInput }

    public var message: String {
        switch self {
        case .malformed(let text): "not a SHA-256 digest: '\(text)'; expected sha256: and 64 hex digits"
        case .badFingerprint(let text): "not a key's fingerprint: '\(text)'; expected SHA256: and 64 hex digits"
        }
    }

    public var hint: String {
        switch self {
        case .malformed: "copy the whole digest, without blanks"
        case .badFingerprint: "copy the whole line that 'bundler keygen' printed, or give the public key's file"
        }
    }
}
