import ArgumentParser
import Host
import InstallCore
import Payload

/// Whose bundles this run believes, beside what the node trusts already.
struct BundleTrustOptions: ParsableArguments {
    @Option(help: "A key to trust: a file with a public key, or SHA256: and its fingerprint. May be repeated.")
    var trustedKey: [String] = []

    @Option(help: "A key not to trust any more: a file, or SHA256: and its fingerprint. May be repeated.")
    var revokedKey: [String] = []

    @Flag(
        name: .long,
        help: "Take a bundle without knowing who made it. An installation records that, and status shows it.")
    var insecureSkipSignature = false

    /// - Throws: what is said of a bundle that is not believed.
    func decide(_ file: BundleFile) throws -> TrustRecord {
        try BundleTrust(keys: trustedKey, revoked: revokedKey, skipped: insecureSkipSignature, root: HostRoot())
            .decide(file)
    }
}
