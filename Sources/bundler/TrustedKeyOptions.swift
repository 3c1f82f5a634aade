import ArgumentParser
import Payload
import Signing

/// Whose bundles are believed by a command that takes something out of them.
struct TrustedKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Public key (PEM file) or SHA256:fingerprint. Repeatable.", valueName: "key"),
        completion: .file())
    var trustedKey: [String] = []

    @Option(
        help: ArgumentHelp("A key that must not count, written likewise. Repeatable.", valueName: "key"),
        completion: .file())
    var revokedKey: [String] = []

    @Flag(help: "Take what the bundle holds without knowing who made it.")
    var insecureSkipSignature = false

    func validate() throws {
        if trustedKey.isEmpty != insecureSkipSignature {
            throw ValidationError("either --trusted-key KEY or --insecure-skip-signature is needed, not both")
        }
    }

    /// Nil where nobody is asked.
    func policy() throws -> TrustPolicy? {
        guard !insecureSkipSignature else { return nil }
        return try TrustOptions.policy(trusted: trustedKey, revoked: revokedKey)
    }
}

extension TrustPolicy? {
    /// - Throws: `SigningError` for a bundle that is not believed.
    func require(_ bundle: BundleFile) throws {
        guard let self else { return }
        _ = try self.evaluate(signatures: bundle.signatures, over: bundle.indexBytes)
    }
}
