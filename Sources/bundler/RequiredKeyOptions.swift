import ArgumentParser
import Signing

/// Whose bundles are believed by a command that judges them.
struct RequiredKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Public key (PEM file) or SHA256:fingerprint. Repeatable.", valueName: "key"),
        completion: .file())
    var trustedKey: [String]

    @Option(
        help: ArgumentHelp("A key that must not count, written likewise. Repeatable.", valueName: "key"),
        completion: .file())
    var revokedKey: [String] = []

    func policy() throws -> TrustPolicy { try TrustOptions.policy(trusted: trustedKey, revoked: revokedKey) }
}
