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
            Sizes are asked of the upstreams: of files by their headers, of images by their manifests. A size that
            nobody tells is shown as '?', with the reason. The images are what the matrix expects; 'make' takes the list
            of the fetched kubeadm itself.

              bundler plan --k8s v1.33.6 --cni calico
            """)

    @OptionGroup(title: "Content") var versions: VersionOptions
    @OptionGroup(title: "Sources") var sources: SourceOptions
    @OptionGroup(title: "Images") var imageSources: ImageSourceOptions

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        await CommandRunner.run(format: format) {
            let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(versions.request())
            try sources.requireMirrors(serve: plan.images.map(\.reference))
            let (sources, imageSources, offline) = (sources, imageSources, sources.transfers.offline)
            let report = try await Interruption.cancelling {
                // One question each with a short limit: a plan is for looking at, not for waiting for.
                try await sources.withProviders(
                    progress: SilentProgress(), transport: sources.transfers.transport(stallSeconds: 10), retry: .once
                ) { artifacts, registries, packages in
                    let images = try await imageSources.images(
                        registries, cache: sources.cachePath, progress: SilentProgress())
                    let sizes =
                        offline
                        ? PlanSizes(unknownFor: plan, reason: "--offline")
                        : try await PlanSizes(of: plan, artifacts: artifacts, images: images)
                    return try PlanReport(
                        plan, sizes: sizes, packageSource: packages.location, artifactLocation: artifacts.location,
                        imageLocation: images.location)
                }
            }
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: StandardStreams.writeOutput(report.text)
            }
        }
    }
}
