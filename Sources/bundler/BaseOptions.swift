import ArgumentParser
import BundleBuild
import Host
import Payload
import Signing
import SystemPackage

/// The bundle that a delta is made to, and whose it has to be.
struct BaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make a delta to this whole bundle: leave out what nodes have from it. Needs --trusted-key.",
            valueName: "file"),
        completion: .file())
    var base: String?

    @Option(
        help: ArgumentHelp(
            "With --base: public key (PEM file) or SHA256:fingerprint that it is signed with. Repeatable.",
            valueName: "key"),
        completion: .file())
    var trustedKey: [String] = []

    @Option(
        help: ArgumentHelp("With --base: a key that must not count. Repeatable.", valueName: "key"),
        completion: .file())
    var revokedKey: [String] = []

    @Flag(help: "With --base: take it without knowing who made it.")
    var insecureSkipSignature = false

    func validate() throws {
        guard base != nil else {
            if !trustedKey.isEmpty || !revokedKey.isEmpty || insecureSkipSignature {
                throw ValidationError("--trusted-key, --revoked-key and --insecure-skip-signature are for --base FILE")
            }
            return
        }
        if trustedKey.isEmpty != insecureSkipSignature {
            throw ValidationError(
                "--base needs either --trusted-key KEY or --insecure-skip-signature, and one of them only")
        }
    }

    /// - Returns: nil without `--base`.
    /// - Throws: `SigningError` for a bundle that is not believed, `BundleBuildError.isDelta`, `PayloadError`.
    func content() async throws -> BaseContent? {
        guard let base else { return nil }
        let policy: TrustPolicy? =
            try insecureSkipSignature ? nil : TrustOptions.policy(trusted: trustedKey, revoked: revokedKey)
        return try await BlockingPool.shared.run {
            let bundle = try BundleFile.open(FilePath(base))
            try policy.require(bundle)
            return try BaseContent(bundle)
        }
    }
}
