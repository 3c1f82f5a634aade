import ArgumentParser
import CLISupport

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints this program's version.",
        discussion: "  node-install version --format json")
    static let text = "0.1.0"

    @Option(help: "How to print it: text or json.")
    var format: OutputFormat = .text

    private struct Output: Codable {
        var schemaVersion = 1
        var version = VersionCommand.text
    }

    func run() async {
        await CommandRunner.run(format: format) {
            switch format {
            case .text: try StandardStreams.writeOutput("node-install \(Self.text)\n")
            case .json: try StandardStreams.writeJSON(Output())
            }
        }
    }
}
