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
            Writes OUTPUT, OUTPUT.sha256 and its signature, and OUTPUT.lock.json, from which --locked makes the same \
            bytes again. SOURCE_DATE_EPOCH sets the time of making.

              bundler make --k8s v1.33.6 --cni calico --key release-2026.key \\
                --output k8s-v1.33.6.run
              bundler make -f bundle.yaml --key release-2026.key --output k8s.run
              bundler make --locked k8s-v1.33.6.run.lock.json --key release-2026.key \\
                --output again.run
              bundler make -f bundle.yaml --base k8s.run --trusted-key release-2026.pub \\
                --key release-2026.key --output k8s-delta.run
            """)

    @OptionGroup(title: "Content") var versions: VersionOptions
    @OptionGroup(title: "Sources") var sources: SourceOptions
    @OptionGroup(title: "Images") var imageSources: ImageSourceOptions
    @OptionGroup(title: "Signing") var key: KeyOptions
    @OptionGroup(title: "Bundle") var writing: WritingOptions
    @OptionGroup(title: "Delta") var base: BaseOptions
    @OptionGroup(title: "Reporting") var report: ReportOptions

    @Flag(help: "Leave the bundle unsigned; 'sign' and 'attach' add a signature later.")
    var unsigned = false

    @Option(
        help: ArgumentHelp("Make the bundle of this lock again, from nothing else.", valueName: "file"),
        completion: .file())
    var locked: String?

    func validate() throws {
        if unsigned == key.isGiven {
            throw ValidationError("either --key FILE, --signer COMMAND or --unsigned is needed, and one of them only")
        }
        if locked == nil, !versions.isGiven {
            throw ValidationError("--k8s VERSION, --file FILE or --locked FILE is needed")
        }
        if locked != nil, versions.kubernetes != nil {
            throw ValidationError("either --k8s VERSION or --locked FILE is needed, not both")
        }
        let excess = versions.given + writing.given + sources.hostPackages.given
        if locked != nil, !excess.isEmpty {
            throw ValidationError("--locked takes these from the lock: leave out \(excess.joined(separator: ", "))")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: report.format) {
            let lock = try locked.map { try BundleLock(reading: FilePath($0)) }
            let wanted = try versions.isGiven ? versions.requests().map { try $0.readingImageLists() } : []
            let plans = try wanted.map { try Resolver(matrix: VersionMatrix.embedded()).resolve($0.request) }
            if let lock, !plans.isEmpty { try Self.check(plans, against: lock) }
            let sources = sources.over(try versions.wanted())
            let images = lock?.lock.images.map(\.reference) ?? plans.flatMap(\.images).map(\.reference)
            try sources.requireMirrors(serve: images)
            if lock == nil { try sources.requireReleases(for: plans) }
            let progress = report.renderer
            let sequences = SequenceRecord(folder: sources.cachePath)
            let base = try await base.content()
            let options = try writing.options(
                lock: lock, signer: try key.loadSigner(), sequences: sequences, progress: progress,
                architectures: lock.map { [$0.architecture] } ?? plans.map(\.architecture)
            ).map { options in
                var options = options
                options.base = base
                return options
            }
            let listed = wanted.first?.mentions ?? []
            // More than a few large things at once only share the same connections.
            let concurrency = min(8, sources.transfers.jobs)
            let imageSources = imageSources
            let summaries = try await Interruption.cancelling {
                try await sources.withProviders(progress: progress) { artifacts, registries, packages in
                    let images = try await imageSources.images(
                        registries, cache: sources.cachePath, progress: progress)
                    let maker = BundleMaker(
                        artifacts: artifacts, images: images, packages: packages, concurrency: concurrency,
                        progress: progress)
                    if let lock {
                        var made: [MakeSummary] = []
                        for each in options { made.append(try await maker.remake(lock, each)) }
                        return made
                    }
                    // They share a sequence: one of them alone would stand beside an earlier other.
                    return try await maker.make(
                        zip(plans, options).map { (plan: $0, options: $1) }, listed: listed)
                }
            }
            do {
                if let summary = summaries.first, let line = options.first?.productLine {
                    try await sequences.remember(summary.sequence, of: line)
                }
            } catch {
                // The bundle is there, whole: only what later ones are compared with is missing.
                let reason = (error as? any Diagnostic)?.message ?? "\(error)"
                progress.report(ProgressEvent(kind: .note, task: "sequence", detail: "not remembered: \(reason)"))
            }
            switch report.format {
            case .json:
                // One bundle stands for itself; only several need something around them.
                if let summary = summaries.first, summaries.count == 1 {
                    try StandardStreams.writeJSON(summary)
                } else {
                    try StandardStreams.writeJSON(MakeSummaries(bundles: summaries))
                }
            case .text: try StandardStreams.writeOutput(summaries.map { SummaryText($0).text }.joined(separator: "\n"))
            }
        }
    }

    /// Refuses a lock that is not of what a bundle file asks for.
    private static func check(_ plans: [BuildPlan], against lock: BundleLock) throws {
        guard let plan = plans.first(where: { $0.architecture == lock.architecture }) else {
            let asked = plans.map(\.architecture.rawValue).joined(separator: ", ")
            throw BundleBuildError.lockMismatch(["architecture is \(asked), locked was \(lock.architecture.rawValue)"])
        }
        let differences = LockCheck(lock).differences(from: plan)
        guard differences.isEmpty else { throw BundleBuildError.lockMismatch(differences) }
    }
}
