import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Make a delta: a bundle without what an older one brings to the same nodes.",
        discussion: """
            Whole files, packages and layers that nodes have from OLD are left out of NEW. The delta is the newer \
            bundle in all else, and nodes that do not have everything of OLD refuse it before any change. Both bundles \
            must be whole and signed by a trusted key. Writes OUTPUT, OUTPUT.sha256 and its signature, and \
            OUTPUT.lock.json.

              bundler diff k8s-1.run k8s-2.run --trusted-key release-2026.pub \\
                --key release-2026.key --output k8s-1-to-2.run
            """)

    @Argument(help: "The bundle that nodes have.", completion: .file())
    var old: String

    @Argument(help: "The bundle that they are to get.", completion: .file())
    var new: String

    @Option(help: ArgumentHelp("The delta.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("Compression threads; they do not change the bytes.", valueName: "count"))
    var threads: Int?

    @Flag(help: "Leave the delta unsigned; 'sign' and 'attach' add a signature later.")
    var unsigned = false

    @OptionGroup(title: "Trust") var trust: TrustedKeyOptions
    @OptionGroup(title: "Signing") var key: KeyOptions
    @OptionGroup(title: "Reporting") var report: ReportOptions

    func validate() throws {
        if unsigned == key.isGiven {
            throw ValidationError("either --key FILE, --signer COMMAND or --unsigned is needed, and one of them only")
        }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be 1 to 256") }
    }

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let policy = try trust.policy()
            let signer = try key.loadSigner()
            let (older, newer, target) = (FilePath(old), FilePath(new), FilePath(output))
            let count = threads ?? Processors.count
            let progress = report.renderer
            let summary = try await Interruption.cancelling {
                let (from, to) = (try BundleFile.open(older), try BundleFile.open(newer))
                for bundle in [from, to] { try policy.require(bundle) }
                let base = try await BlockingPool.shared.run { try BaseContent(from) }
                return try await BundleDiffer(to, to: base, progress: progress)
                    .write(to: target, threads: count, signer: signer)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(summary)
            case .text: try StandardStreams.writeOutput(SummaryText(summary).text)
            }
        }
    }
}
