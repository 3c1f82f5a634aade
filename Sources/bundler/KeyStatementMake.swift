import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import FoundationEssentials
import Host
import Signing
import SystemPackage

struct KeyStatementMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key-statement",
        abstract: "Sign a statement that adds and revokes keys on nodes.",
        discussion: """
            Writes OUTPUT and OUTPUT.sig; 'node-install trust apply OUTPUT' obeys them on every node that trusts the \
            signer. To change keys, add the successor and revoke the signer in one statement. A revoked key never \
            comes back.

              bundler key-statement --add release-2027.pub --revoke release-2026.pub \\
                --key release-2026.key --output statement.json
            """)

    @Option(
        help: ArgumentHelp("Public key (PEM) to trust from now on. Repeatable.", valueName: "file"),
        completion: .file())
    var add: [String] = []

    @Option(
        help: ArgumentHelp(
            "A key that no longer counts: PEM file or SHA256:fingerprint. Repeatable.", valueName: "key"),
        completion: .file())
    var revoke: [String] = []

    @Option(
        help: ArgumentHelp(
            "Counts the signer's statements: nodes refuse a lower one than they obeyed. Default: the time, in seconds "
                + "since 1970.", valueName: "number"))
    var number: UInt64?

    @OptionGroup(title: "Signing") var key: KeyOptions

    @Option(
        help: ArgumentHelp("The statement. Its signature goes to FILE.sig.", valueName: "file"),
        completion: .file())
    var output: String

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if !key.isGiven { throw ValidationError("--key FILE or --signer COMMAND is needed") }
        if add.isEmpty, revoke.isEmpty { throw ValidationError("--add FILE or --revoke KEY is needed") }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            let (statement, signatureFile) = (FilePath(output), FilePath(output + ".sig"))
            for path in [statement, signatureFile] where FileSystem.exists(path) {
                throw BundleBuildError.exists(path: path.string)
            }
            let draft = try KeyStatementDraft(
                number: try number
                    // Never SOURCE_DATE_EPOCH: a statement that is made later has to count more.
                    ?? SourceDate.seconds(environment: [:], clock: SystemWallClock()),
                add: try add.map(Self.publicKey), revoke: try revoke.map(Self.fingerprint))
            guard let signer = try key.loadSigner() else {
                throw ValidationError("--key FILE or --signer COMMAND is needed")
            }
            let bytes = try draft.bytes()
            try await Interruption.cancelling {
                try AtomicFile.write(bytes, to: statement)
                do {
                    let signature = try await signer.signature(of: statement)
                    try AtomicFile.write(signature.signature, to: signatureFile)
                } catch {
                    // Without its signature it is nobody's word.
                    try? FileSystem.remove(statement)
                    throw error
                }
            }
            let report = KeyStatementReport(
                draft, signer: signer.verifyingKey, statement: statement.string, signature: signatureFile.string)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: try StandardStreams.writeOutput(report.text)
            }
        }
    }

    private static func publicKey(_ file: String) throws -> VerifyingKey {
        let pem = try FileSystem.readInput(FilePath(file), limit: 1 << 16)
        return try SigningError.naming(file) { try VerifyingKey(pem: pem) }
    }

    private static func fingerprint(_ text: String) throws -> SHA256Digest {
        try SigningError.naming(text) {
            try KeyArgument(text) { try FileSystem.readInput(FilePath($0), limit: 1 << 16) }.fingerprint
        }
    }
}
