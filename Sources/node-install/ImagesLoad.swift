import ArgumentParser
import BundleModel
import CLISupport
import InstallCore

/// `node-install images load`
struct ImagesLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Loads a bundle's images into a containerd that runs.",
        discussion: """
            Images that are there whole are left as they are. An interrupted load is started again with the same command.

              node-install images load --bundle k8s.run --trusted-key release.pub
            """)

    @OptionGroup var options: ImagesOptions

    @Option(help: "full: check the packs of images before the first change; streaming: only as they are read.")
    var verify: InstallCommand.Verification = .full

    private struct Result: Encodable {
        let schemaVersion = 1
        var loaded: [ImageReference]
    }

    func run() async {
        await CommandRunner.run(format: options.format) {
            let delivery = try options.delivery()
            let verifiesFirst = verify == .full
            let loaded = try await Interruption.cancelling { try await delivery.load(verifiesFirst: verifiesFirst) }
                .map(\.reference)
            switch options.format {
            case .json: try StandardStreams.writeJSON(Result(loaded: loaded))
            case .text:
                for reference in loaded { try StandardStreams.writeOutput("loaded \(reference)\n") }
                if loaded.isEmpty { try StandardStreams.writeOutput("all images are there; nothing was changed\n") }
            }
        }
    }
}
