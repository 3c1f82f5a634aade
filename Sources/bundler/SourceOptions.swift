import ArgumentParser
import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import SystemPackage

/// Where things come from.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Sources file (bundle-spec/sources.json is the built-in one).", valueName: "file"),
        completion: .file())
    var sources: String?

    @Option(
        help: ArgumentHelp(
            "Another base URL for one source: kubernetes=https://… Repeatable; of several for one name, those after "
                + "the first are its mirrors.", valueName: "name=url"))
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            "Pull a registry's images from elsewhere: k8s.gcr.io=http://127.0.0.1:5000. Repeatable, as --source.",
            valueName: "host=url"))
    var registryMirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take artifacts from a folder, by their URL without the scheme, and images from OCI layouts in "
                + "FOLDER/images: no upstream and no registry is asked. Host packages (--os) still come "
                + "from their archives.",
            valueName: "folder"),
        completion: .directory)
    var fromFolder: String?

    @Option(
        help: ArgumentHelp(
            "OpenPGP keys that must have signed one source's checksum files: runc=runc.keyring. Needs gpgv. "
                + "Repeatable.", valueName: "name=file"))
    var checksumKeyring: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where fetched files are kept. Default: $XDG_CACHE_HOME/kubeferry, else ~/.cache/kubeferry.",
            valueName: "folder"),
        completion: .directory)
    var cache: String?

    @OptionGroup(title: "Host packages") var hostPackages: PackageOptions
    @OptionGroup(title: "Transfers") var transfers: TransferOptions

    func validate() throws {
        if fromFolder != nil, !checksumKeyring.isEmpty {
            throw ValidationError("--from-folder asks no upstream: leave out --checksum-keyring")
        }
    }

    /// The upstreams with all overrides.
    func upstreams() throws -> SourcesFile {
        var upstreams = try BuiltInSources.load(file: sources.map { FilePath($0) })
        try upstreams.override(files: source)
        try upstreams.override(registries: registryMirror)
        return upstreams
    }

    /// Refuses a `--registry-mirror` that would do nothing.
    func requireMirrors(serve images: [ImageReference]) throws {
        let known = try BuiltInSources.load(file: sources.map { FilePath($0) })
        for text in registryMirror { try known.requireKnown(registry: text, images: images) }
    }

    /// - Throws: `BundleBuildError.badOption` for packages that no node would get.
    func requireReleases(for plans: [BuildPlan]) throws {
        guard let package = hostPackages.package.first, plans.allSatisfy(\.osReleases.isEmpty) else { return }
        throw BundleBuildError.badOption(
            "--package", value: package, expected: "--os beside it (in a bundle file 'os'): the releases it is for")
    }

    /// Gives the providers to a piece of work, and ends their connections after it.
    ///
    /// - Parameter isLook: leaves what is remembered for runs without a network as it is.
    func withProviders<Result: Sendable>(
        progress: any ProgressSink, transport: HTTPTransport? = nil, retry: RetryPolicy? = nil, isLook: Bool = false,
        _ body: @Sendable (any ArtifactProvider, any ImageProvider, any PackageProvider) async throws -> Result
    ) async throws -> Result {
        let upstreams = try upstreams()
        let keyrings = try keyrings(of: upstreams)
        let transport = try transport ?? transfers.transport()
        do {
            let cache = ArtifactCache(
                folder: cachePath, transport: transport, retry: retry ?? .patient(attempts: 1 + transfers.retries),
                limits: transfers.limits, isOffline: transfers.offline, progress: progress)
            let packages = try hostPackages.packages(cache: cache, folder: cachePath.appending("apt"))
            let result: Result
            if let fromFolder {
                let folder = FilePath(fromFolder)
                result = try await body(
                    FolderArtifacts(folder: folder, bases: upstreams.bases, cache: cache),
                    FolderImages(folder: folder.appending("images")), packages)
            } else {
                let client = RegistryClient(
                    sources: upstreams, transport: transport, cache: cache,
                    credentials: try RegistryCredentials(dockerConfig: Self.dockerConfig))
                result = try await body(
                    UpstreamArtifacts(sources: upstreams, cache: cache, keyrings: keyrings),
                    RegistryImages(client: client), packages)
            }
            if !isLook { try cache.settle() }
            try await transport.shutdown()
            return result
        } catch {
            try? await transport.shutdown()
            throw error
        }
    }

    /// By the source's name.
    private func keyrings(of upstreams: SourcesFile) throws -> [String: ChecksumKeyring] {
        var keyrings: [String: ChecksumKeyring] = [:]
        for text in checksumKeyring {
            let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2, upstreams.files[halves[0]] != nil else {
                let known = upstreams.files.keys.sorted().joined(separator: ", ")
                throw BundleBuildError.badOption(
                    "--checksum-keyring", value: text, expected: "NAME=FILE with one of the names \(known)")
            }
            keyrings[halves[0]] = ChecksumKeyring(FilePath(halves[1]))
        }
        return keyrings
    }

    private static var dockerConfig: FilePath {
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["DOCKER_CONFIG"].map { FilePath($0) }
        return (folder ?? FilePath(environment["HOME"] ?? ".").appending(".docker")).appending("config.json")
    }

    var cachePath: FilePath {
        if let cache { return FilePath(cache) }
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
            return FilePath(base).appending("kubeferry")
        }
        return FilePath(environment["HOME"] ?? ".").appending(".cache").appending("kubeferry")
    }
}
