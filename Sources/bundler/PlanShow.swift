import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Fetch

struct PlanShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what would be fetched, without fetching it.",
        discussion: """
            Sizes are asked of the upstreams: of files by their headers, of images by their manifests. A size that \
            nobody tells is shown as '?', with the reason. The images are what the matrix expects, lists and \
            manifests of your own name; 'make' takes the list of the fetched kubeadm itself, and those of charts.

              bundler plan --k8s v1.33.6 --cni calico --addon metrics-server
              bundler plan -f bundle.yaml --offline
            """)

    @OptionGroup(title: "Content") var versions: VersionOptions
    @OptionGroup(title: "Sources") var sources: SourceOptions
    @OptionGroup(title: "Images") var imageSources: ImageSourceOptions

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if !versions.isGiven { throw ValidationError("--k8s VERSION or --file FILE is needed") }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            let sources = sources.over(try versions.wanted())
            let looks = try versions.requests().map {
                try Resolver(matrix: VersionMatrix.embedded()).resolve($0.readingImageLists().request)
                    .readingManifests()
            }
            let plans = looks.map(\.plan)
            for plan in plans { try sources.requireMirrors(serve: plan.images.map(\.reference)) }
            try sources.requireReleases(for: plans)
            let (imageSources, offline) = (imageSources, sources.transfers.offline)
            let reports = try await Interruption.cancelling {
                // One question each with a short limit: a plan is for looking at, not for waiting for.
                try await sources.withProviders(
                    progress: SilentProgress(), transport: sources.transfers.transport(stallSeconds: 10), retry: .once,
                    isLook: true
                ) { artifacts, registries, packages in
                    let images = try await imageSources.images(
                        registries, cache: sources.cachePath, progress: SilentProgress())
                    var reports: [PlanReport] = []
                    for (plan, mentions) in looks {
                        let sizes =
                            offline
                            ? PlanSizes(unknownFor: plan, reason: "--offline")
                            : try await PlanSizes(of: plan, artifacts: artifacts, images: images)
                        reports.append(
                            try PlanReport(
                                plan, mentions: mentions, sizes: sizes, packageSource: packages.location,
                                furtherPackages: sources.hostPackages.package, artifactLocation: artifacts.location,
                                imageLocation: images.location))
                    }
                    return reports
                }
            }
            switch format {
            case .json:
                // One plan stands for itself; only several need something around them.
                if let report = reports.first, reports.count == 1 {
                    try StandardStreams.writeJSON(report)
                } else {
                    try StandardStreams.writeJSON(PlanReports(plans: reports))
                }
            case .text: try StandardStreams.writeOutput(reports.map(\.text).joined(separator: "\n"))
            }
        }
    }
}
