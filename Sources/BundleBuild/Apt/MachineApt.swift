import Host
import SystemPackage

/// What this machine's own apt is set up with: sources and keys. Nothing of it is changed.
struct MachineApt: Sendable {
    /// Below which the machine's files are; tests give another.
    var root: FilePath = "/"

    /// Names that move from release to release; their index says which it is.
    private static let moving: Set<String> = ["stable", "oldstable", "oldoldstable", "testing"]

    /// The sources that serve a release.
    ///
    /// - Throws: `BundleBuildError.badOption` with a line that cannot be read.
    func sources(of release: OSRelease) throws -> [AptSource] {
        let folder = root.pushing("etc/apt")
        let parts = folder.appending("sources.list.d")
        var files = [folder.appending("sources.list")]
        files += try FileSystem.list(parts).filter { $0.hasSuffix(".list") || $0.hasSuffix(".sources") }
            .map { parts.appending($0) }
        // What is set up for other releases is not looked at, whatever its options are.
        return try files.filter { FileSystem.exists($0) }.flatMap { file in
            try AptSource.parse(file: file) { suite in
                let name = suite.prefix { $0 != "-" && $0 != "/" }
                return name == release.codename || Self.moving.contains(String(name))
            }
        }
    }

    /// The keyrings that a release's archive is usually checked with; where there are none, all that apt trusts.
    ///
    /// - Parameter forOwnSource: for a source of this machine that names no key, which apt checks with all that it trusts.
    func keyrings(of release: OSRelease, forOwnSource: Bool = false) throws -> [FilePath] {
        let shared = root.pushing("usr/share/keyrings")
        let usual = release.keyrings.map { shared.appending($0) }.filter { FileSystem.exists($0) }.prefix(1)
        if !usual.isEmpty, !forOwnSource { return Array(usual) }
        let folder = root.pushing("etc/apt/trusted.gpg.d")
        let trusted = try FileSystem.list(folder).filter { $0.hasSuffix(".gpg") || $0.hasSuffix(".asc") }
        return usual + trusted.map { folder.appending($0) }
    }
}
