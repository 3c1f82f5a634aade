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
              bundler make -f bundle.yaml --key release-2026.key --output k8s.run
              bundler make --locked k8s-v1.33.6.run.lock.json --key release-2026.key --output again.run
            """)

    @OptionGroup(title: "Content") var versions: VersionOptions
    @OptionGroup(title: "Sources") var sources: SourceOptions
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
        if locked == nil, !versions.isGiven {
            throw ValidationError("--k8s VERSION, --file FILE or --locked FILE is needed")
        }
        if locked != nil, versions.kubernetes != nil {
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
            let wanted = try lock == nil ? versions.requests().map { try $0.readingImageLists() } : []
            let plans = try wanted.map { try Resolver(matrix: VersionMatrix.embedded()).resolve($0.request) }
            let sources = lock == nil ? sources.over(try versions.wanted()) : sources
            let images = lock?.lock.images.map(\.reference) ?? plans.flatMap(\.images).map(\.reference)
            try sources.requireMirrors(serve: images)
            let options = try writing.options(
                lock: lock, key: try key.load(), architectures: lock.map { [$0.architecture] } ?? plans.map(\.architecture))
            let listed = wanted.first?.mentions ?? []
            let progress = report.renderer
            let summaries = try await Interruption.cancelling {
                try await sources.withProviders(progress: progress) { artifacts, images, packages in
                    let maker = BundleMaker(
                        artifacts: artifacts, images: images, packages: packages, progress: progress)
                    var made: [MakeSummary] = []
                    if let lock {
                        for options in options { made.append(try await maker.remake(lock, options)) }
                    }
                    for (plan, options) in zip(plans, options) {
                        made.append(try await maker.make(plan, options, listed: listed))
                    }
                    return made
                }
            }
            switch report.format {
            case .json:
                // One bundle stands for itself; only several need something around them.
                if let summary = summaries.first, summaries.count == 1 {
                    try StandardStreams.writeJSON(summary)
                } else {
                    try StandardStreams.writeJSON(MakeSummaries(bundles: summaries))
                }
            case .text: StandardStreams.writeOutput(summaries.map { SummaryText($0).text }.joined(separator: "\n"))
            }
        }
    }
}
