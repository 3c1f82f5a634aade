import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a bundle's signature and every byte of it.",
        discussion: """
            The trusted key never comes from the bundle. SHA256:… names a key by its fingerprint. --deep unpacks every \
            pack as well, and keeps nothing of it: every member, every layer against its image's config, every \
            program, manifest and package against the lock. It takes as long as the bundle takes to decompress.

              bundler verify k8s.run --trusted-key release-2026.pub
              bundler verify k8s.run.001 --trusted-key release-2026.pub --deep
            """)

    @Argument(help: "The bundle, or a volume of it.", completion: .file())
    var file: String

    @OptionGroup var trust: RequiredKeyOptions

    @Flag(help: "Unpack everything, and compare it with the index, the images' configs and the lock.")
    var deep = false

    @OptionGroup var report: ReportOptions

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let progress = report.renderer
            let policy = try trust.policy()
            let (path, isDeep) = (file, deep)
            let result = try await Interruption.cancelling {
                let bundle = try BundleFile.open(FilePath(path))
                let decision = try policy.evaluate(signatures: bundle.signatures, over: bundle.indexBytes)
                try await bundle.verify(bundle.index.packs, progress: progress)
                return DeepVerifyReport(
                    report: VerifyReport(
                        file: bundle.path.string, key: KeyFingerprint.text(decision.key.fingerprint),
                        otherKeys: decision.others.map { KeyFingerprint.text($0.fingerprint) },
                        headChecked: bundle.headRegion != nil, index: bundle.index),
                    deep: isDeep ? try await DeepCheck(bundle, progress: progress).run() : nil)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(result)
            case .text: try StandardStreams.writeOutput(result.text)
            }
        }
    }
}
