import ArgumentParser
import CLISupport
import Host
import InstallCore

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how far the installation of this node is, and what to do next.",
        discussion: "  node-install status --format json")

    @Option(help: "How to print it: text or json.")
    var format: OutputFormat = .text

    func run() async {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let status = try NodeStatus(root: HostRoot())
            switch format {
            case .text: try StandardStreams.writeOutput(status.text)
            case .json: try StandardStreams.writeJSON(status)
            }
        }
    }
}
