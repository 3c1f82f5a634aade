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
            Newer patches of the locked lines, by the version matrix; tags that name another image now, by their \
            registries; with --packages also other versions of host packages; with --file what a bundle file asks for \
            now. --offline looks at the version matrix alone. The lock stays as it is: a new 'make' takes what is new.

              bundler outdated k8s.run.lock.json
              bundler outdated k8s.run.lock.json -f bundle.yaml --format json
            """)

    @Argument(help: "OUTPUT.lock.json", completion: .file())
    var lock: String

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("Bundle file: show what it asks for now and the lock does not have.", valueName: "file"),
        completion: .file())
    var file: String?

    @OptionGroup(title: "Sources") var sources: SourceOptions

    @Flag(help: "Resolve the host packages anew, too, which fetches them.")
    var packages = false

    @Option(help: "Result on stdout: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if sources.transfers.offline, packages {
            throw ValidationError("--packages asks archives: leave out --offline")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            let lock = try BundleLock(reading: FilePath(lock))
            let matrix = try VersionMatrix.embedded()
            let wanted = try file.map { try RequestFile(reading: FilePath($0)) }
            let request = try wanted.map { try Self.differences(of: $0, from: lock, matrix) } ?? []
            let sources = sources.over(wanted ?? RequestFile())
            try sources.requireMirrors(serve: lock.lock.images.map(\.reference))
            let asksPackages = packages
            let report = try await Interruption.cancelling {
                // One question each with a short limit, as 'plan' asks.
                try await sources.withProviders(
                    progress: SilentProgress(), transport: sources.transfers.transport(stallSeconds: 10), retry: .once,
                    isLook: true
                ) { _, images, packages in
                    let tags =
                        sources.transfers.offline
                        ? LockedSources.tags(unknownFor: lock, reason: "--offline")
                        : try await LockedSources.tags(lock, images: images)
                    let archives =
                        !asksPackages
                        ? [:] : try await LockedSources.packages(lock, packages: packages, progress: SilentProgress())
                    return OutdatedReport(lock, matrix: matrix, tags: tags, archives: archives, request: request)
                }
            }
            switch format {
            case .json: try StandardStreams.writeJSON(report)
            case .text: try StandardStreams.writeOutput(report.text)
            }
        }
    }

    private static func differences(
        of file: RequestFile, from lock: BundleLock, _ matrix: VersionMatrix
    ) throws -> [String] {
        let requests = try file.requests(matrix)
        guard let request = requests.first(where: { $0.architecture == lock.architecture }) else {
            let asked = requests.map(\.architecture.rawValue).joined(separator: ", ")
            return ["architecture is \(asked), locked was \(lock.architecture.rawValue)"]
        }
        let plan = try Resolver(matrix: matrix).resolve(request.readingImageLists().request)
        return LockCheck(lock).differences(from: plan)
    }
}
