import ArgumentParser
import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import SystemPackage

/// Where things come from.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Sources file (bundle-spec/sources.json is the built-in one).", valueName: "file"))
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
                + "FOLDER/images: no upstream and no registry is asked. Host packages (--os) still come by apt.",
            valueName: "folder"))
    var fromFolder: String?

    @Option(
        help: ArgumentHelp(
            "One-line apt source for host packages: 'deb [signed-by=…] URL SUITE main'; file:/FOLDER as URL needs no "
                + "network. Repeatable. Default: what this machine's apt uses for the release.", valueName: "line"))
    var aptSource: [String] = []

    @Option(help: ArgumentHelp("Where fetched files are kept. Default: ~/.cache/kubeferry.", valueName: "folder"))
    var cache: String?

    @OptionGroup(title: "Transfers") var transfers: TransferOptions

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

    /// Gives the providers to a piece of work, and ends their connections after it.
    func withProviders<Result: Sendable>(
        progress: any ProgressSink, transport: HTTPTransport? = nil, retry: RetryPolicy? = nil,
        _ body: @Sendable (any ArtifactProvider, any ImageProvider, any PackageProvider) async throws -> Result
    ) async throws -> Result {
        let upstreams = try upstreams()
        let packages = AptPackages(folder: cachePath.appending("apt"), sourceLines: aptSource)
        if let fromFolder {
            let folder = FilePath(fromFolder)
            return try await body(
                FolderArtifacts(folder: folder, bases: upstreams.bases),
                FolderImages(folder: folder.appending("images")), packages)
        }
        let transport = transport ?? transfers.transport()
        do {
            let cache = ArtifactCache(
                folder: cachePath, transport: transport, retry: retry ?? .patient(attempts: 1 + transfers.retries),
                limits: transfers.limits, isOffline: transfers.offline, progress: progress)
            let client = RegistryClient(
                sources: upstreams, transport: transport, cache: cache,
                credentials: try RegistryCredentials(dockerConfig: Self.dockerConfig))
            let result = try await body(
                UpstreamArtifacts(sources: upstreams, cache: cache), RegistryImages(client: client), packages)
            try await transport.shutdown()
            return result
        } catch {
            try? await transport.shutdown()
            throw error
        }
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
