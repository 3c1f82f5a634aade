/// Text that is not an image reference; each case holds the raw text.
public enum ImageReferenceError: Error, Equatable {
    case badName(String)
    case badTag(String)
    case badDigest(String)
}

extension ImageReferenceError: Diagnostic {
    public var category: DiagnosticCategory { .invalidInput }
    public var message: String {
        switch self {
        case .badName(let text): "not an image name: '\(text)'; expected HOST/REPOSITORY:TAG in lower case"
        case .badTag(let text): "not an image tag in '\(text)'; expected 1 to 128 of A-Z a-z 0-9 _ . -"
        case .badDigest(let text): "not an image digest in '\(text)'; expected @sha256: and 64 hex digits"
        }
    }
    public var hint: String { "write it in full, such as registry.k8s.io/pause:3.10" }
}
