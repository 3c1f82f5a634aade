import ArgumentParser
import BundleModel
import CLISupport
import Host
import InstallCore
import Logging

struct ResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Takes the installation of this node back.",
        discussion: """
            Ends Kubernetes and containerd, puts every file back that was there before, and removes what was made.
            The data of pods on this node is lost. Needs no bundle. What others changed since is left and listed.

              node-install reset
            """)

    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    @Option(help: "How to print the result: text or json.")
    var format: OutputFormat = .text

    @Option(help: "How to show progress: auto, tty, plain, json or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup var logging: SessionLogging

    func run() async {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let status = try NodeStatus(root: HostRoot())
            guard status.phase != .notInstalled else { throw InstallError.notInstalled }
            if !yes { try confirm(status) }
            let context = try InstallSession.context(progress: progress, logging: logging)
            let report = try await InstallSession.logged(context) { try await Resetter(context: context).run() }
            switch format {
            case .text:
                for item in report.listed {
                    try StandardStreams.writeOutput("as it is: \(item.what): \(item.reason)\n")
                }
                try StandardStreams.writeOutput("this node is as it was before; the log stays: \(NodePaths.log)\n")
            case .json: try StandardStreams.writeJSON(report)
            }
        }
    }

    private func confirm(_ status: NodeStatus) throws {
        StandardStreams.writeError(
            "This removes Kubernetes \(status.kubernetes ?? "") and its data from \(status.nodeName ?? "this node"). "
                + "Type 'yes' to go on: ")
        guard readLine() == "yes" else { throw InstallError.notConfirmed }
    }
}
