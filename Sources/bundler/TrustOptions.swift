import BundleModel
import Host
import Signing
import SystemPackage

/// Turns `--trusted-key` and `--revoked-key` into a policy.
enum TrustOptions {
    static func policy(trusted: [String], revoked: [String]) throws -> TrustPolicy {
        var policy = TrustPolicy()
        for text in trusted {
            if let fingerprint = try KeyFingerprint.parse(text) {
                policy.fingerprints.insert(fingerprint)
            } else {
                policy.keys.append(try key(text))
            }
        }
        for text in revoked {
            policy.revoked.insert(try KeyFingerprint.parse(text) ?? key(text).fingerprint)
        }
        return policy
    }

    private static func key(_ path: String) throws -> VerifyingKey {
        let pem = try FileSystem.readInput(FilePath(path), limit: 1 << 16)
        return try SigningError.naming(path) { try VerifyingKey(pem: pem) }
    }
}
