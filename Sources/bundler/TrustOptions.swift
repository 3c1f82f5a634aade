import Host
import Signing
import SystemPackage

/// Turns `--trusted-key` and `--revoked-key` into a policy.
enum TrustOptions {
    static func policy(trusted: [String], revoked: [String]) throws -> TrustPolicy {
        var policy = TrustPolicy()
        for text in trusted { policy.trust(try argument(text)) }
        for text in revoked { policy.revoke(try argument(text)) }
        return policy
    }

    private static func argument(_ text: String) throws -> KeyArgument {
        try SigningError.naming(text) {
            try KeyArgument(text) { try FileSystem.readInput(FilePath($0), limit: 1 << 16) }
        }
    }
}
