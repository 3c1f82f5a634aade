import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import SystemPackage

struct BundleSBOM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom",
        abstract: "List all that a bundle installs, with licences and digests.",
        discussion: """
            SPDX 2.3 or CycloneDX 1.6, as JSON, made of the index alone: the same bundle gives the same bytes. Its \
            signatures are not judged. Every node has the SPDX form as /\(SBOM.path).

              bundler sbom k8s.run --format cyclonedx --output k8s.cdx.json
            """)

    @Argument(help: "The bundle, or a volume of it.", completion: .file())
    var file: String

    @Option(help: "spdx or cyclonedx.")
    var format: SBOMForm

    @Option(help: ArgumentHelp("Where the list goes. Default: stdout.", valueName: "file"), completion: .file())
    var output: String?

    func run() async throws {
        await CommandRunner.run {
            if let output, FileSystem.exists(FilePath(output)) { throw BundleBuildError.exists(path: output) }
            let bundle = try BundleFile.open(FilePath(file))
            let sbom = SBOM(bundle.index, controlPlaneLicense: try VersionMatrix.embedded().imageLicense)
            let bytes =
                switch format {
                case .spdx: try sbom.spdx()
                case .cyclonedx: try sbom.cycloneDX()
                }
            if let output {
                try AtomicFile.write(bytes, to: FilePath(output))
            } else {
                try StandardStreams.writeOutput(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
