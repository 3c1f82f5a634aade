public import BundleModel
import Signing

/// Why a bundle was accepted, and which keys count as revoked here.
public struct TrustRecord: Hashable, Sendable {
    /// Fingerprints of the trusted keys that signed it; empty with --insecure-skip-signature.
    public var signers: [SHA256Digest]
    public var revoked: Set<SHA256Digest>

    public init(signers: [SHA256Digest], revoked: Set<SHA256Digest>) {
        self.signers = signers
        self.revoked = revoked
    }

    /// The same decision once more keys are known to be revoked.
    ///
    /// - Throws: `SigningError.revoked` when no signer is left. A signature that was not checked stays so.
    func adding(revoked more: some Sequence<SHA256Digest>) throws(SigningError) -> TrustRecord {
        let all = revoked.union(more)
        let left = signers.filter { !all.contains($0) }
        if left.isEmpty, let first = signers.first { throw .revoked(first) }
        return TrustRecord(signers: left, revoked: all)
    }
}
