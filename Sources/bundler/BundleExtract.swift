import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleExtract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Unpack a bundle's images, packages or files, for other tools.",
        discussion: """
            Everything is checked as it is read, and the folder appears whole or not at all. Images with original \
            layers come out as they were published; others get a manifest of plain layers, and so another digest.

              bundler extract k8s.run --images oci --debs --trusted-key release-2026.pub \\
                --output k8s
              skopeo copy oci:k8s/images:registry.k8s.io/pause:3.10 \\
                docker://registry.example/pause:3.10
            """)

    @Argument(help: "The bundle, or a volume of it.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "Images: oci, a layout in the folder 'images', or docker, an archive 'images.tar'.", valueName: "form"))
    var images: ImageForm?

    @Flag(help: "Host packages, in 'debs/RELEASE'.")
    var debs = false

    @Flag(help: "Programs and manifests, below 'files' as below a node's root.")
    var files = false

    @Option(help: ArgumentHelp("A new folder.", valueName: "folder"), completion: .directory)
    var output: String

    @OptionGroup var trust: TrustedKeyOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if images == nil, !debs, !files {
            throw ValidationError("nothing is asked for: --images oci, --images docker, --debs or --files")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let policy = try trust.policy()
            let (source, target, form) = (FilePath(file), FilePath(output), images)
            let (wantsPackages, wantsFiles) = (debs, files)
            let progress = report.renderer
            let summary = try await Interruption.cancelling {
                let bundle = try BundleFile.open(source)
                try policy.require(bundle)
                return try await BundleExtractor(bundle, progress: progress)
                    .extract(images: form, packages: wantsPackages, files: wantsFiles, to: target)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(summary)
            case .text: try StandardStreams.writeOutput(Self.text(summary))
            }
        }
    }

    private static func text(_ summary: ExtractSummary) -> String {
        var text = ""
        if !summary.images.isEmpty {
            var table = TextTable(["IMAGE", "AS PUBLISHED", "DIGEST"])
            for image in summary.images {
                table.add([
                    image.reference.description, image.isAsPublished ? "yes" : "plain layers",
                    image.digest.description,
                ])
            }
            text += table.text + "\n"
        }
        for (release, count) in summary.packages.sorted(by: { $0.key < $1.key }) {
            text += "packages   \(count) of \(release)\n"
        }
        if summary.files > 0 { text += "files      \(summary.files)\n" }
        return text + "folder     \(summary.folder)\n"
    }
}
