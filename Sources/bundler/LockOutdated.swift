import ArgumentParser
import BundleBuild
import BundleModel
import CLISupport
import Fetch
import SystemPackage

struct LockOutdated: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outdated",
        abstract: "Show what has moved since a lock was written.",
        discussion: """
            Newer patches of the locked lines, by the version matrix; tags that name another image now, by their
            registries; with --packages also other versions of host packages. The lock stays as it is: a new 'make' takes
            what is new.

              bundler outdated k8s.run.lock.json
            """)

    @Argument(help: "OUTPUT.lock.json")
    var lock: String

    @OptionGroup(title: "Sources") var sources: SourceOptions

    @Flag(help: "Ask no registry: only the version matrix is looked at.")
    var offline = false

    @Flag(help: "Resolve the host packages anew, too, which fetches them.")
    var packages = false

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if offline, packages { throw ValidationError("--packages asks archives: leave out --offline") }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            let lock = try BundleLock(reading: FilePath(lock))
            let matrix = try VersionMatrix.embedded()
            try sources.requireMirrors(serve: lock.lock.images.map(\.reference))
            let (sources, offline, asksPackages) = (sources, offline, packages)
            let report = try await Interruption.cancelling {
                // One question each with a short limit, as 'plan' asks.
                try await sources.withProviders(
                    progress: SilentProgress(), transport: HTTPTransport(stallSeconds: 10), retry: .once
                ) { _, images, packages in
                    let tags =
                        offline
                        ? LockedSources.tags(unknownFor: lock, reason: "--offline")
                        : try await LockedSources.tags(lock, images: images)
                    let archives =
                        !asksPackages
                        ? [:] : try await LockedSources.packages(lock, packages: packages, progress: SilentProgress())
                    return OutdatedReport(lock, matrix: matrix, tags: tags, archives: archives)
                }
            }
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: StandardStreams.writeOutput(report.text)
            }
        }
    }
}
