import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Signing
import SystemPackage

struct SignatureAttach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Put a signature made elsewhere into a bundle.",
        discussion: """
            A signature that is not valid for this bundle and key is refused, and so is a second one of the same key. \
            Everything that the index lists is checked, then the bundle is written anew beside itself and takes its \
            place; FILE.sha256 is written anew, unsigned.

              bundler attach k8s.run --signature index/KEYID.sig \\
                --public-key index/KEYID.pub
            """)

    @Argument(help: "The bundle.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("64 raw bytes, as 'sign' writes them.", valueName: "file"), completion: .file())
    var signature: String

    @Option(help: ArgumentHelp("The signer's public key (PEM).", valueName: "file"), completion: .file())
    var publicKey: String

    @OptionGroup var report: ReportOptions

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let pem = try FileSystem.readInput(FilePath(publicKey), limit: 1 << 16)
            let key = try SigningError.naming(publicKey) { try VerifyingKey(pem: pem) }
            let bytes = try FileSystem.readInput(FilePath(signature), limit: 1 << 16)
            let attacher = BundleAttacher(FilePath(file), progress: report.renderer)
            try await Interruption.cancelling { try await attacher.attach(bytes, by: key) }
            let result = AttachReport(file: file, keyID: key.keyID)
            switch report.format {
            case .json: try StandardStreams.writeJSON(result)
            case .text: try StandardStreams.writeOutput("attached the signature of \(key.keyID) to \(file)\n")
            }
        }
    }
}
