import ArgumentParser
import CLISupport

/// How progress and results are shown.
struct ReportOptions: ParsableArguments {
    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    @Option(help: "Progress on stderr: auto, tty, plain, json or none.")
    var progress: ProgressStyle = .auto

    var renderer: ProgressRenderer { ProgressRenderer(style: progress) }
}
