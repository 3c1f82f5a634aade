import ArgumentParser
import BundleModel
import CLISupport
import InstallCore
import Payload
import Signing
import SystemPackage

/// `node-install verify`
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a bundle's signature and every byte of it, and changes nothing.",
        discussion: """
            Root is needed on a node alone, which remembers revoked keys. A bundle that checks itself can say that its \
            copy is whole; whether its program is the maker's is for another node-install, bundler or sha256sum to say.

              node-install verify --bundle /mnt/usb/k8s.run --trusted-key release.pub
              ./k8s.run verify --trusted-key SHA256:…
            """)

    @Option(help: "The bundle, or a volume of it. Default: the one that this program carries.")
    var bundle: String?

    @OptionGroup var trusted: BundleTrustOptions

    @Option(help: "How to print results: text or json.")
    var format: OutputFormat = .text

    @Option(help: "How to show progress: auto, tty, plain, json or none.")
    var progress: ProgressStyle = .auto

    func run() async {
        await CommandRunner.run(format: format) {
            let file = try InstallBundle.open(bundle)
            let trust = try trusted.decide(file)
            let renderer = ProgressRenderer(style: progress)
            try await Interruption.cancelling { try await file.verify(file.index.packs, progress: renderer) }
            let signers = trust.signers.map(KeyFingerprint.text)
            let report = VerifyReport(
                file: file.path.string, key: signers.first, otherKeys: Array(signers.dropFirst()),
                headChecked: file.headRegion != nil, index: file.index)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: try StandardStreams.writeOutput(report.text)
            }
        }
    }
}
