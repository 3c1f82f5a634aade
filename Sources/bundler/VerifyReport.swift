import BundleBuild
import BundleModel
import CLISupport
import Payload
import Signing
import SystemPackage

/// `verify --format json`.
struct VerifyReport: Codable {
    var schemaVersion = 1
    var file: String
    /// `SHA256:<hex>` of the trusted key that signed.
    var key: String
    var otherKeys: [String]
    var kubernetes: SemanticVersion
    var releaseID: SHA256Digest
    var sequence: UInt64
    var createdAt: String
    /// Compressed bytes of all packs that were checked.
    var packBytes: UInt64
    var headChecked: Bool
    /// What a delta needs on a node; nil for a whole bundle.
    var base: Base?
    /// Nil without `--deep`.
    var deep: DeepSummary?

    init(_ bundle: BundleFile, decision: TrustDecision) {
        file = bundle.path.string
        key = KeyFingerprint.text(decision.key.fingerprint)
        otherKeys = decision.others.map { KeyFingerprint.text($0.fingerprint) }
        kubernetes = bundle.index.release.kubernetes
        releaseID = bundle.index.releaseID
        sequence = bundle.index.sequence
        createdAt = bundle.index.createdAt
        packBytes = bundle.index.packs.reduce(0) { $0 + $1.size }
        headChecked = bundle.index.head != nil
        base = bundle.index.base
    }

    var text: String {
        var text = """
            signature  valid, by trusted key \(key)
            executable \(headChecked ? "as signed" : "none in this file")
            packs      \(ByteCount.text(packBytes)), every chunk as signed
            content    Kubernetes \(kubernetes), release \(releaseID.hex.prefix(16)), sequence \(sequence), \
            made \(createdAt)

            """
        if let base { text += "delta      nodes need its base: \(base.text)\n" }
        if let deep {
            text += """
                unpacked   \(deep.members) members, \(ByteCount.text(deep.bytes)), each as signed
                images     \(deep.images) whole, \(deep.layers) layers as their configs say
                packages   \(deep.packages) as in the lock

                """
        }
        return text
    }
}
