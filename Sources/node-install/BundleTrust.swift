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
        if skipped {
            StandardStreams.writeError(
                "warning: the signature is not checked; whoever could change the file decides what runs here\n")
            return .skipped
        }
        for key in keys
        where try KeyFingerprint.parse(key) == nil && TrustStore.isBeside(key: FilePath(key), bundle: file.path) {
            StandardStreams.writeError(
                "warning: the key \(key) lies beside the bundle; whoever replaced one could replace both\n")
        }
        let store = TrustStore(root: root)
        let decision = try store.decide(
            store.policy(arguments: keys, revoked: revoked), signatures: file.signatures, index: file.indexBytes)
        return .signed(by: decision.key.fingerprint)
    }
}
