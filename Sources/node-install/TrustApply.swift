import ArgumentParser
import BundleModel
import CLISupport
import Host
import InstallCore
import SystemPackage

/// `node-install trust apply`: obeys a signed statement about keys.
struct TrustApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Adds and revokes keys as a signed statement says.",
        discussion: """
            Applying the same statement again changes nothing. docs/trust.md shows how to sign one.

              node-install trust apply statement.json --trusted-key release.pub
            """)

    @Argument(help: "The statement, as it was signed.")
    var file: String

    @Option(help: "Its signature, 64 raw bytes. Default: FILE.sig.")
    var signature: String?

    @Option(help: "The signer's public key, a file. May be repeated. Not needed for keys that this node trusts.")
    var trustedKey: [String] = []

    @Option(help: "How to print the result: text or json.")
    var format: OutputFormat = .text

    func run() async {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let statement = try FileSystem.readInput(FilePath(file), limit: 1 << 20)
            let signature = try FileSystem.readInput(FilePath(signature ?? "\(file).sig"), limit: 1 << 10)
            let outcome = try await TrustStore(root: HostRoot()).apply(
                statement: statement, signature: signature, arguments: trustedKey)
            switch format {
            case .json: try StandardStreams.writeJSON(outcome)
            case .text:
                try StandardStreams.writeOutput(
                    "statement \(outcome.number) by \(KeyFingerprint.text(outcome.signer))\n")
                for (what, keys) in [
                    ("trusted", outcome.added), ("revoked", outcome.revoked), ("stays revoked", outcome.stayRevoked),
                ] {
                    for key in keys { try StandardStreams.writeOutput("\(what): \(KeyFingerprint.text(key))\n") }
                }
                if outcome.added.isEmpty, outcome.revoked.isEmpty {
                    try StandardStreams.writeOutput("nothing changed\n")
                }
            }
        }
    }
}
