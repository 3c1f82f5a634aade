import ArgumentParser
import BundleBuild
import BundleModel
import SystemPackage

/// Where images come from besides registries, and what is recorded of them.
struct ImageSourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take images from an OCI layout before asking a registry. =REFERENCE names the only image of one that does "
                + "not say its name. Repeatable.", valueName: "folder[=reference]"),
        completion: .directory)
    var imageLayout: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take images from what 'docker save' wrote, or from a tar of an OCI layout, also compressed, before asking "
                + "a registry. =REFERENCE names the only image of one that does not say its name. Repeatable.",
            valueName: "file[=reference]"),
        completion: .file())
    var imageArchive: [String] = []

    @Flag(help: "Do not ask registries for the signatures of images, which the lock would record.")
    var noSignatures = false

    /// Local images before those of registries.
    ///
    /// - Parameter cache: a folder where archives are unpacked.
    func images(
        _ registry: any ImageProvider, cache: FilePath, progress: any ProgressSink
    ) async throws -> any ImageProvider {
        let sources =
            try imageLayout.map { try LocalImageSource(.layout, $0) }
            + imageArchive.map { try LocalImageSource(.archive, $0) }
        return try await ImageSources.open(
            sources, registry: registry, cache: cache, recordsSignatures: !noSignatures, progress: progress)
    }
}
