import ArgumentParser
import BundleBuild
import CLISupport
import Host
import Signing
import SystemPackage

struct KeyGenerate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make a key pair for signing bundles.",
        discussion: """
            Writes PREFIX.key (private, mode 0600, encrypted unless --no-passphrase) and PREFIX.pub. The passphrase \
            has at least \(SigningKey.minimumPassphrase) characters and comes from --passphrase-file, else from \
            \(Passphrase.variable) in the environment, else from a prompt. Keep PREFIX.key off the machines that only \
            install; give PREFIX.pub, or its fingerprint, to those who do.

              bundler keygen --output release-2026
            """)

    @Option(help: ArgumentHelp("Where the two files go.", valueName: "prefix"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "File whose first line is the passphrase. Else \(Passphrase.variable), else a prompt.", valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    @Flag(help: "Leave the private key unencrypted.")
    var noPassphrase = false

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if noPassphrase, passphraseFile != nil {
            throw ValidationError("--no-passphrase and --passphrase-file exclude each other")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            let keyPath = FilePath(output + ".key")
            let publicPath = FilePath(output + ".pub")
            for path in [keyPath, publicPath] where FileSystem.exists(path) {
                throw BundleBuildError.exists(path: path.string)
            }
            let passphrase: String? =
                noPassphrase
                ? nil : try Passphrase.given(file: passphraseFile) ?? Passphrase.promptForNew()
            let key = try SigningKey.generate()
            try AtomicFile.write(try key.pem(passphrase: passphrase), to: keyPath, mode: 0o600)
            try AtomicFile.write(key.verifyingKey.pem, to: publicPath)
            let report = KeyReport(key.verifyingKey, privateKey: keyPath.string, publicKey: publicPath.string)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text:
                try StandardStreams.writeOutput(
                    "private key  \(report.privateKey)\npublic key   \(report.publicKey)\n"
                        + "fingerprint  \(report.fingerprint)\n")
            }
        }
    }
}
