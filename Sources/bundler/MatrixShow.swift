import ArgumentParser
import BundleBuild
import CLISupport

struct MatrixShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Show what goes with what, why, and how far each row is tested.",
        discussion: """
            run-here: installed to Ready by this project's tests. golden-only: plans and configuration are compared \
            with golden files. published-only: upstream publishes it, nothing here tests it. A row with one version \
            means that version; a range leaves out those that have a row of their own. WHY names the documents below \
            the table.

              bundler matrix --k8s v1.33
              bundler matrix --format json
            """)

    @Option(
        name: .customLong("k8s"),
        help: ArgumentHelp("Only this Kubernetes line and what goes with it: v1.33, or stable.", valueName: "version"))
    var kubernetes: String?

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let matrix = try VersionMatrix.embedded()
            let line: String? = try kubernetes.map { text in
                let version = try matrix.kubernetes(selected: try VersionSelector(text))
                return try matrix.kubernetes(version).line.line
            }
            let report = MatrixOverview(matrix, kubernetes: line)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: try StandardStreams.writeOutput(Self.text(report))
            }
        }
    }

    private static func text(_ report: MatrixOverview) -> String {
        var table = TextTable(["COMPONENT", "LINE", "VERSIONS", "STATUS", "GOES WITH", "WHY", "NOT VERIFIED"])
        for row in report.rows {
            table.add([
                row.component.rawValue, row.line, row.range, row.status.rawValue, row.goesWith,
                row.sources.joined(separator: " "), row.unverified.joined(separator: "; "),
            ])
        }
        var documents = TextTable(["WHY", "DOCUMENT"])
        for (name, document) in report.sources.sorted(by: { $0.key < $1.key }) { documents.add([name, document]) }
        return table.text + "\n" + documents.text
    }
}
