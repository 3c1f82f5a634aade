import ArgumentParser
import BundleBuild
import CLISupport
import Host
import SystemPackage

struct FileInitialize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented bundle file to start from.",
        discussion: """
            A bundle file says what a bundle consists of, so that it can be kept under version control. The new one \
            asks for the stable Kubernetes of this bundler's matrix; everything else is there as comments.

              bundler init
              bundler plan -f bundle.yaml
            """)

    @Option(help: ArgumentHelp("The file.", valueName: "file"), completion: .file())
    var output: String = RequestFile.fileName

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let path = FilePath(output)
            if FileSystem.exists(path) { throw BundleBuildError.exists(path: output) }
            let text = try RequestFile.template(VersionMatrix.embedded())
            try AtomicFile.write(Array(text.utf8), to: path)
            switch format {
            case .json: try StandardStreams.writeJSON(FileReport(file: output))
            case .text:
                try StandardStreams.writeOutput("wrote  \(output)\nnext:  bundler plan -f \(ShellWord.text(output))\n")
            }
        }
    }
}
