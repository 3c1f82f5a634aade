import BundleModel
import CLISupport
import Host
import InstallCore
import Payload
import Signing
import SystemPackage

/// Whether a bundle is believed, by what the operator said on the command line and in /etc/node-install.
struct BundleTrust {
    let keys: [String]
    let revoked: [String]
    let skipped: Bool
    let root: HostRoot

    /// - Throws: what `TrustStore` says about a bundle that is not believed.
    func decide(_ file: BundleFile) throws -> TrustRecord {
        let store = TrustStore(root: root)
        let policy = try store.policy(arguments: keys, revoked: revoked)
        if skipped {
            StandardStreams.writeError(
                "warning: the signature is not checked; whoever could change the file decides what runs here\n")
            return TrustRecord(signers: [], revoked: policy.revoked)
        }
        for key in keys
        where try KeyFingerprint.parse(key) == nil && TrustStore.isBeside(key: FilePath(key), bundle: file.path) {
            StandardStreams.writeError(
                "warning: the key \(key) lies beside the bundle; whoever replaced one could replace both\n")
        }
        return try store.decide(policy, signatures: file.signatures, index: file.indexBytes)
    }
}
