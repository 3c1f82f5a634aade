import ArgumentParser
import BundleBuild
import BundleModel
import FoundationEssentials
import SystemPackage

/// Where things come from.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Sources file (bundle-spec/sources.json is the built-in one).", valueName: "file"))
    var sources: String?

    @Option(help: ArgumentHelp("Another base URL for one source: kubernetes=https://… Repeatable.", valueName: "name=url"))
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            "Pull a registry's images from elsewhere: k8s.gcr.io=http://127.0.0.1:5000. Repeatable.",
            valueName: "host=url"))
    var registryMirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take everything from a folder, artifacts by their URL without the scheme, images as OCI layouts in "
                + "FOLDER/images. No network.", valueName: "folder"))
    var fromFolder: String?

    @Option(help: ArgumentHelp("Where fetched files are kept. Default: ~/.cache/kubeferry.", valueName: "folder"))
    var cache: String?

    /// The upstreams with all overrides.
    func upstreams() throws -> Upstreams {
        var upstreams = try sources.map { try Upstreams(reading: FilePath($0)) } ?? Upstreams.embedded()
        for text in source { try upstreams.overrideSource(text) }
        for text in registryMirror { try upstreams.overrideRegistry(text) }
        return upstreams
    }

    func artifacts() throws -> any ArtifactProvider {
        let upstreams = try upstreams()
        if let fromFolder { return FolderArtifacts(folder: FilePath(fromFolder), bases: upstreams.sources) }
        return UpstreamArtifacts(upstreams: upstreams, cache: cachePath)
    }

    func images() throws -> any ImageProvider {
        if let fromFolder { return FolderImages(folder: FilePath(fromFolder).appending("images")) }
        return RegistryImages(upstreams: try upstreams(), cache: cachePath)
    }

    /// Where an image would be pulled from.
    func imageLocation(of reference: ImageReference) throws -> String {
        if fromFolder != nil { return "file:images" }
        return try upstreams().registry(of: reference)
    }

    var cachePath: FilePath {
        if let cache { return FilePath(cache) }
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return FilePath(base).appending("kubeferry") }
        return FilePath(environment["HOME"] ?? ".").appending(".cache").appending("kubeferry")
    }
}
