import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleRepair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make a whole bundle out of damaged copies.",
        discussion: """
            Finds the damaged chunks by the signed index and takes just those from another copy, which may itself be \
            damaged elsewhere. Files and volumes are taken alike, and of volumes some may be missing. The damaged file \
            stays as it is.

              bundler repair k8s.run --from /media/stick/k8s.run.001 \\
                --trusted-key release-2026.pub --output whole.run
            """)

    @Argument(help: "The damaged bundle.", completion: .file())
    var damaged: String

    @Option(help: ArgumentHelp("Another copy of the same bundle. Repeatable.", valueName: "file"), completion: .file())
    var from: [String]

    @OptionGroup var trust: RequiredKeyOptions

    @Option(help: ArgumentHelp("The whole bundle, a new file.", valueName: "file"), completion: .file())
    var output: String

    @OptionGroup var report: ReportOptions

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let policy = try trust.policy()
            let (source, copies, target) = (FilePath(damaged), from.map { FilePath($0) }, FilePath(output))
            let progress = report.renderer
            let summary = try await Interruption.cancelling {
                try await BundleMender(progress: progress).mend(source, from: copies, policy: policy, to: target)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(summary)
            case .text: try StandardStreams.writeOutput(Self.text(summary))
            }
        }
    }

    private static func text(_ summary: MendSummary) -> String {
        var text = """
            whole       \(summary.file)
            signature   valid, by trusted key \(KeyFingerprint.text(summary.key))
            index       from \(summary.index)
            executable  \(summary.head.map { "from \($0)" } ?? "as it was")
            taken       \(summary.chunks.count) chunks, \(ByteCount.text(summary.bytesTaken))

            """
        guard !summary.chunks.isEmpty else { return text }
        var table = TextTable(["PACK", "CHUNK", "BYTES", "FROM"])
        for chunk in summary.chunks { table.add([chunk.pack, "\(chunk.chunk)", "\(chunk.bytes)", chunk.from]) }
        text += "\n" + table.text
        return text
    }
}
