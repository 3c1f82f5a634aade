import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Host
import Payload
import Signing
import SystemPackage

struct BundleSplit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Cut a bundle into volumes, for media that hold no file of its size.",
        discussion: """
            Writes OUTPUT.001 and on, and OUTPUT.volumes.sha256. Volumes are read in place, by any of their names, as \
            long as all lie in one folder. The first volume of a self-extracting bundle can be executed.

              bundler split k8s.run --output /media/stick/k8s.run
              /media/stick/k8s.run.001 --role master --trusted-key release-2026.pub
            """)

    @Argument(help: "The bundle.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The volumes' name before .001 and on. Default: the bundle's.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Bytes of the largest volume; k, M, G, Ki, Mi and Gi may follow. FAT32 holds the default.",
            valueName: "size"))
    var volumeSize = VolumeSize.fat32

    @OptionGroup(title: "Signing the checksums") var key: KeyOptions
    @OptionGroup(title: "Reporting") var report: ReportOptions

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let (source, target, size) = (FilePath(file), FilePath(output ?? file), volumeSize.bytes)
            let progress = report.renderer
            let signer = try key.loadSigner()
            let summary = try await Interruption.cancelling {
                try await BundleSplitter(BundleFile.open(source), progress: progress)
                    .split(to: target, volumeSize: size, signer: signer)
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(summary)
            case .text:
                var table = TextTable(["VOLUME", "BYTES", "SHA-256"])
                for (path, volume) in zip(summary.paths, summary.volumes) {
                    table.add([path, "\(volume.size)", volume.sha256.hex])
                }
                try StandardStreams.writeOutput(table.text + "\nchecksums  \(summary.checksums)\n")
            }
        }
    }
}
