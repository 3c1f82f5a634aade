import ArgumentParser
import CLISupport
import InstallCore

struct StepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps", abstract: "Lists the steps of an installation and their boundaries.",
        discussion: """
            For tests: NODE_INSTALL_KILL_AT=BOUNDARY ends an installation or a reset there with SIGKILL.

              NODE_INSTALL_KILL_AT=images:mid ./k8s.run --role master --trusted-key release.pub
            """)

    @Option(help: "How to print them: text or json.")
    var format: OutputFormat = .text

    private struct Output: Codable {
        var schemaVersion = 1
        var steps = StepCatalog.listings
        var resetBoundaries = StepCatalog.resetBoundaries
    }

    func run() async {
        await CommandRunner.run(format: format) {
            switch format {
            case .text:
                for step in StepCatalog.listings {
                    try StandardStreams.writeOutput("\(step.name): \(step.boundaries.joined(separator: " "))\n")
                }
                try StandardStreams.writeOutput("reset: \(StepCatalog.resetBoundaries.joined(separator: " "))\n")
            case .json: try StandardStreams.writeJSON(Output())
            }
        }
    }
}
