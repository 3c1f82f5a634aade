import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct SignatureAttach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Put a signature made elsewhere into a bundle.",
        discussion: """
            A signature that is not valid for this bundle and key is refused, and so is a second one of the same key. \
            The bundle is written anew beside itself and replaced in one step; its sidecars then no longer match, and \
            FILE.sha256 is written anew, unsigned.

              bundler attach k8s.run --signature index/KEYID.sig \\
                --public-key index/KEYID.pub
            """)

    @Argument(help: "The bundle.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("64 raw bytes, as 'sign' writes them.", valueName: "file"), completion: .file())
    var signature: String

    @Option(help: ArgumentHelp("The signer's public key (PEM).", valueName: "file"), completion: .file())
    var publicKey: String

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let bundle = try BundleFile.open(FilePath(file))
            let pem = try FileSystem.readInput(FilePath(publicKey), limit: 1 << 16)
            let key = try SigningError.naming(publicKey) { try VerifyingKey(pem: pem) }
            let bytes = try FileSystem.readInput(FilePath(signature), limit: 1 << 16)
            guard key.isValid(signature: bytes, over: bundle.indexBytes) else {
                throw SigningError.invalid(keyID: key.keyID)
            }
            // One that is there and not valid is replaced: only then is there something to mend.
            if bundle.signatures.contains(where: {
                $0.keyID == key.keyID && key.isValid(signature: $0.signature, over: bundle.indexBytes)
            }) {
                throw SigningError.signedAlready(keyID: key.keyID)
            }
            let path = FilePath(file)
            let attached = BundleSignature(keyID: key.keyID, signature: bytes, publicKey: key)
            // Once begun it goes to its end: bundle and checksum belong together, and no copy is left behind.
            try await Interruption.cancelling {
                try await BlockingPool.shared.run {
                    try BundleWriter.attach(attached, to: bundle, output: path)
                    try BundleWriter.writeSidecars(for: path, key: nil)
                }
            }
            let report = AttachReport(file: file, keyID: key.keyID)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: StandardStreams.writeOutput("attached the signature of \(key.keyID) to \(file)\n")
            }
        }
    }
}
