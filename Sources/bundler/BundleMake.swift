import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import FoundationEssentials
import Host
import SystemPackage

struct BundleMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Fetch, check, pack and sign a bundle.",
        discussion: """
            Writes OUTPUT, OUTPUT.sha256 and its signature, and OUTPUT.lock.json, from which --locked makes the same
            bytes again. SOURCE_DATE_EPOCH sets the time of making.

              bundler make --k8s v1.33.6 --cni calico --key release-2026.key --output k8s-v1.33.6.run
              bundler make --locked k8s-v1.33.6.run.lock.json --key release-2026.key --output again.run
            """)

    @OptionGroup(title: "Content") var versions: VersionOptions
    @OptionGroup(title: "Sources") var sources: SourceOptions
    @OptionGroup(title: "Images") var imageSources: ImageSourceOptions
    @OptionGroup(title: "Signing") var key: KeyOptions
    @OptionGroup(title: "Bundle") var writing: WritingOptions
    @OptionGroup(title: "Reporting") var report: ReportOptions

    @Flag(help: "Leave the bundle unsigned; 'sign' and 'attach' add a signature later.")
    var unsigned = false

    @Option(help: ArgumentHelp("Make the bundle of this lock again, from nothing else.", valueName: "file"))
    var locked: String?

    func validate() throws {
        if unsigned == (key.key != nil) {
            throw ValidationError("either --key FILE or --unsigned is needed, not both")
        }
        if (locked == nil) == (versions.kubernetes == nil) {
            throw ValidationError("either --k8s VERSION or --locked FILE is needed, not both")
        }
        let excess = versions.given + writing.given
        if locked != nil, !excess.isEmpty {
            throw ValidationError("--locked takes these from the lock: leave out \(excess.joined(separator: ", "))")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let lock = try locked.map { try BundleLock(reading: FilePath($0)) }
            let plan = lock == nil ? try Resolver(matrix: VersionMatrix.embedded()).resolve(versions.request()) : nil
            let images = lock?.lock.images.map(\.reference) ?? plan?.images.map(\.reference) ?? []
            try sources.requireMirrors(serve: images)
            let options = try writing.options(lock: lock, key: try key.load())
            let progress = report.renderer
            let (sources, imageSources) = (sources, imageSources)
            let summary = try await Interruption.cancelling {
                try await sources.withProviders(progress: progress) { artifacts, registries, packages in
                    let images = try await imageSources.images(
                        registries, cache: sources.cachePath, progress: progress)
                    let maker = BundleMaker(
                        artifacts: artifacts, images: images, packages: packages, progress: progress)
                    if let lock { return try await maker.remake(lock, options) }
                    guard let plan else { throw ValidationError("--k8s VERSION is needed") }
                    return try await maker.make(plan, options)
                }
            }
            switch report.format {
            case .json: try StandardStreams.writeJSON(summary)
            case .text: StandardStreams.writeOutput(SummaryText(summary).text)
            }
        }
    }
}
