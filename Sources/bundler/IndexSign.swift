import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import FoundationEssentials
import Host
import Signing
import SystemPackage

struct IndexSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an index on a machine that has the key and nothing else.",
        discussion: """
            Needs only bundle.json, which 'inspect --extract-index' writes. 'attach' puts the result into the bundle. \
            --signer names a program that has the key: it is run with the index's path as its last argument.

              bundler sign index/bundle.json --key release-2026.key --output index
              bundler sign index/bundle.json --signer ./hsm-sign \\
                --signer-key release-2026.pub --output index
            """)

    @Argument(help: "bundle.json", completion: .file())
    var index: String

    @OptionGroup var key: KeyOptions

    @Option(help: ArgumentHelp("Folder for KEYID.sig and KEYID.pub.", valueName: "folder"), completion: .directory)
    var output: String = "."

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            guard let signer = try key.loadSigner() else {
                throw ValidationError("--key FILE or --signer COMMAND is needed")
            }
            let path = FilePath(index)
            let bytes = try FileSystem.readInput(path)
            do {
                _ = try CanonicalJSON.decode(BundleIndex.self, from: Data(bytes))
            } catch {
                throw BundleBuildError.unreadable(
                    path: index, reason: "not a bundle's index: \(CanonicalJSON.explanation(of: error))")
            }
            let signature = try await Interruption.cancelling { try await signer.signature(of: path) }
            try IndexFolder(FilePath(output)).write(signature)
            let report = SignReport(keyID: signature.keyID, output: output)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text:
                try StandardStreams.writeOutput("signature  \(report.signature)\npublic key \(report.publicKey)\n")
            }
        }
    }
}
