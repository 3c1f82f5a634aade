import ArgumentParser
import BundleBuild
import Fetch
import SystemPackage

/// Where host packages come from, and which ones.
struct PackageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "apt source for host packages: 'deb [signed-by=/PATH] URL SUITE main', or a .list or .sources file; "
                + "file:/FOLDER as URL needs no network. Repeatable. Default: what this machine's apt uses for the "
                + "release.", valueName: "line"))
    var aptSource: [String] = []

    @Option(
        help: ArgumentHelp(
            "Keyring for sources that name none. Repeatable. Default: the release's in /usr/share/keyrings.",
            valueName: "file"),
        completion: .file())
    var aptKeyring: [String] = []

    @Option(
        help: ArgumentHelp(
            "Archives as they were: 20260101T000000Z takes the place of {snapshot} in each --apt-source's URL, or "
                + "follows it as its last folder.", valueName: "time"))
    var aptSnapshot: String?

    @Option(
        help: ArgumentHelp(
            "A further package for the nodes of each --os, with all that it needs: NAME or NAME=VERSION. Repeatable.",
            valueName: "name"))
    var package: [String] = []

    /// The options that were given and say what is in the bundle: a lock has that already.
    var given: [String] { package.isEmpty ? [] : ["--package"] }

    /// - Parameters:
    ///   - cache: for indexes and packages.
    ///   - folder: for what gpgv reads; nothing stays there.
    func packages(cache: ArtifactCache, folder: FilePath) throws -> any PackageProvider {
        try AptPackages(
            cache: cache, folder: folder,
            options: AptOptions(
                sources: aptSource, keyrings: aptKeyring.map { FilePath($0) }, snapshot: aptSnapshot,
                packages: package))
    }
}
