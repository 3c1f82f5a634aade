import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport

struct PlanShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what would be fetched, without fetching it.",
        discussion: """
            The images are what the matrix expects; 'make' takes the list of the fetched kubeadm itself.

              bundler plan --k8s v1.33.6 --cni calico
            """)

    @OptionGroup var versions: VersionOptions
    @OptionGroup var sources: SourceOptions

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(versions.request())
            try sources.requireMirrors(serve: plan.images.map(\.reference))
            let report = try PlanReport(plan, sources: sources)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: StandardStreams.writeOutput(report.text)
            }
        }
    }
}
