import BundleModel
import Host
import Signing
import SystemPackage

/// Turns `--trusted-key` and `--revoked-key` into a policy.
enum TrustOptions {
    static func policy(trusted: [String], revoked: [String]) throws -> TrustPolicy {
        var policy = TrustPolicy()
        for text in trusted {
            if let fingerprint = try fingerprint(text) {
                policy.fingerprints.insert(fingerprint)
            } else {
                policy.keys.append(try VerifyingKey(pem: try FileSystem.readInput(FilePath(text), limit: 1 << 16)))
            }
        }
        for text in revoked {
            policy.revoked.insert(try fingerprint(text) ?? SHA256Digest(hex: text))
        }
        return policy
    }

    /// Nil for anything that does not begin with `SHA256:`.
    private static func fingerprint(_ text: String) throws -> SHA256Digest? {
        text.uppercased().hasPrefix("SHA256:") ? try SHA256Digest(hex: text.dropFirst(7)) : nil
    }
}
