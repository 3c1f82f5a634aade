public import SystemPackage

/// Which archives host packages come from, and which packages beside those that every node needs.
public struct AptOptions: Hashable, Sendable {
    /// One-line sources, or files of either form; empty: those of this machine for the release.
    public var sources: [String]
    /// Keyrings for sources that name none; empty: the usual ones of the release on this machine.
    public var keyrings: [FilePath]
    /// `20260101T000000Z`: archives as they were at that time.
    public var snapshot: String?
    /// Names, or `NAME=VERSION`.
    public var packages: [String]

    public init(
        sources: [String] = [], keyrings: [FilePath] = [], snapshot: String? = nil, packages: [String] = []
    ) {
        self.sources = sources
        self.keyrings = keyrings
        self.snapshot = snapshot
        self.packages = packages
    }

    /// The sources in order, as they are at the snapshot.
    ///
    /// - Throws: `BundleBuildError.badOption`, `.unreadable`, `HostError`.
    func parsedSources() throws -> [AptSource] {
        if let snapshot {
            guard ArchiveDate.isSnapshot(snapshot) else {
                throw BundleBuildError.badOption(
                    "--apt-snapshot", value: snapshot, expected: "a time such as 20260101T000000Z")
            }
            guard !sources.isEmpty else {
                throw BundleBuildError.badOption(
                    "--apt-snapshot", value: snapshot, expected: "an archive that keeps its past, by --apt-source")
            }
        }
        var found: [AptSource] = []
        for text in sources {
            let named: [AptSource]
            if !text.contains(" "), text.hasSuffix(".list") || text.hasSuffix(".sources") {
                named = try AptSource.parse(file: FilePath(text))
            } else {
                named = try AptSource.parse(line: text).map { [$0] } ?? []
            }
            guard !named.isEmpty else {
                throw BundleBuildError.badOption("--apt-source", value: text, expected: AptSource.form)
            }
            found += named
        }
        return found.map { source in snapshot.map { source.at($0) } ?? source }
    }

    /// Names without their versions, in order.
    var names: [String] { packages.map { String($0.prefix { $0 != "=" }) } }

    /// Exact versions by name.
    ///
    /// - Throws: `BundleBuildError.badOption`.
    func pins() throws(BundleBuildError) -> [String: String] {
        var pins: [String: String] = [:]
        for text in packages {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let relation = Relation(parts[0]), relation.name == parts[0], parts.last?.isEmpty == false else {
                throw .badOption("--package", value: text, expected: "a package's name, or NAME=VERSION")
            }
            if parts.count == 2 { pins[relation.name] = String(parts[1]) }
        }
        return pins
    }
}
