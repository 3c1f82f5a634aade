import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put bundles of one release for several architectures into one folder.",
        discussion: """
            Writes bundle-ARCH and node-install-ARCH for each, a script 'install' that takes those of the machine it \
            runs on, bundles.json and SHA256SUMS. A bundle's own head becomes its node-install; one that has none \
            needs --node-install.

              bundler merge k8s-amd64.run k8s-arm64.bundle \\
                --node-install arm64=node-install-arm64 --trusted-key release-2026.pub \\
                --output k8s
              k8s/install --role master --trusted-key release-2026.pub
            """)

    @Argument(help: "The bundles, one for each architecture.", completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("The node-install of one architecture. Repeatable.", valueName: "arch=file"))
    var nodeInstall: [String] = []

    @Option(help: ArgumentHelp("A new folder.", valueName: "folder"), completion: .directory)
    var output: String

    @OptionGroup var trust: TrustedKeyOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let policy = try trust.policy()
            let heads = try nodeInstall.map(Self.head)
            let (paths, target) = (files.map { FilePath($0) }, FilePath(output))
            let progress = report.renderer
            let merged = try await Interruption.cancelling {
                let bundles = try paths.map { try BundleFile.open($0) }
                for bundle in bundles { try policy.require(bundle) }
                return try await BundleMerger(bundles, heads: heads, progress: progress).merge(to: target)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(merged)
            case .text:
                var table = TextTable(["ARCHITECTURE", "BUNDLE", "SIZE", "NODE-INSTALL", "SIGNED"])
                for entry in merged.bundles {
                    table.add([
                        entry.architecture.rawValue, entry.bundle.name, ByteCount.text(entry.bundle.size),
                        entry.nodeInstall.name, entry.isNodeInstallSigned ? "yes" : "no",
                    ])
                }
                let script = ShellWord.text("\(target)/install")
                try StandardStreams.writeOutput(table.text + "\nnext: \(script) --role master --trusted-key KEY\n")
            }
        }
    }

    private static func head(_ text: String) throws -> HeadExecutable {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2, let architecture = CPUArchitecture(rawValue: halves[0]) else {
            throw ValidationError("--node-install '\(text)': expected ARCH=FILE, such as arm64=node-install-arm64")
        }
        let head = try HeadExecutable(FilePath(halves[1]))
        guard head.architecture == architecture else {
            throw BundleBuildError.badHead(
                path: halves[1], reason: "it is for \(head.architecture.rawValue), named for \(architecture.rawValue)")
        }
        return head
    }
}
