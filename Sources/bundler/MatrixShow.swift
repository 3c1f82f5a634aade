import ArgumentParser
import BundleBuild
import CLISupport

struct MatrixShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Show the version matrix and how far each row is tested.",
        discussion: """
            run-here: installed to Ready by this project's tests. golden-only: plans and configuration are compared with
            golden files. published-only: upstream publishes it, nothing here tests it. A row with one version means
            that version; a range leaves out those that have a row of their own.

              bundler matrix --format json
            """)

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let report = MatrixOverview(try VersionMatrix.embedded())
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text:
                var table = TextTable(["COMPONENT", "LINE", "VERSIONS", "STATUS", "GOES WITH", "NOT VERIFIED"])
                for row in report.rows {
                    table.add([
                        row.component, row.line, row.range, row.status.rawValue, row.goesWith,
                        row.unverified.joined(separator: "; "),
                    ])
                }
                StandardStreams.writeOutput(table.text)
            }
        }
    }
}
