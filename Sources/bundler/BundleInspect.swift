import ArgumentParser
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a bundle holds, without judging its signatures.",
        discussion: """
            --extract-index writes bundle.json, KEYID.sig and KEYID.pub, so that stock tools can check the signature:

              bundler inspect k8s.run --extract-index index
              openssl pkeyutl -verify -pubin -inkey release-2026.pub -rawin \\
                -in index/bundle.json -sigfile index/KEYID.sig
            """)

    @Argument(help: "The bundle.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("Write the index and its signatures into this folder.", valueName: "folder"),
        completion: .directory)
    var extractIndex: String?

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let bundle = try BundleFile.open(FilePath(file))
            if let extractIndex {
                try IndexFolder(FilePath(extractIndex)).write(bundle.indexBytes, signatures: bundle.signatures)
            }
            let report = InspectReport(bundle)
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: try StandardStreams.writeOutput(report.text)
            }
        }
    }
}
