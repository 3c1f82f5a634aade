public import BundleModel

/// Why a bundle was accepted.
public enum TrustRecord: Hashable, Sendable {
    case signed(by: SHA256Digest)
    /// --insecure-skip-signature
    case skipped

    var fingerprint: SHA256Digest? {
        switch self {
        case .signed(let key): key
        case .skipped: nil
        }
    }
}
