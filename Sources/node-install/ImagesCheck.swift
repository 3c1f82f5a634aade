import ArgumentParser
import BundleModel
import CLISupport
import InstallCore

/// `node-install images check`
struct ImagesCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Looks whether containerd has a bundle's images whole: exit 0, or 50 if not.",
        discussion: "  node-install images check --bundle k8s.run --trusted-key release.pub --format json")

    @OptionGroup var options: ImagesOptions

    private struct Result: Encodable {
        let schemaVersion = 1
        var missing: [ImageReference]
    }

    func run() async {
        await CommandRunner.run(format: options.format) {
            let missing = try await options.delivery().missing().map(\.reference)
            switch options.format {
            case .json: try StandardStreams.writeJSON(Result(missing: missing))
            case .text:
                for reference in missing { try StandardStreams.writeOutput("missing \(reference)\n") }
                if missing.isEmpty { try StandardStreams.writeOutput("all images are there\n") }
            }
            guard missing.isEmpty else { throw ExitCode(DiagnosticCategory.stepFailed.exitCode) }
        }
    }
}
