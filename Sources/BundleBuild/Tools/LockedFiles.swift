import Archive
import BundleModel

/// What packs of files bring to nodes, to be compared with the lock.
///
/// A program, a manifest and what a chart rendered to are files with the digest that the lock has. Of an archive the
/// lock has the digest of the whole, and nodes get members of it: that those are there is all that can be said. A chart
/// itself is on no node.
struct LockedFiles {
    private let files: [String: Pack.Member]
    private let digests: Set<SHA256Digest>

    /// - Parameter packs: of a bundle; of a delta also what its base brings counts.
    init(_ packs: [Pack]) {
        let members = packs.filter { $0.content == .files }.flatMap(\.allMembers).filter { $0.kind == .file }
        files = Dictionary(members.map { ($0.path, $0) }) { first, _ in first }
        digests = Set(members.compactMap(\.sha256))
    }

    /// - Returns: what of the lock is in no pack, in words.
    /// - Throws: `ArchiveError.wrongDigest` for a file that has other content in its place.
    func missing(of lock: Lock) throws -> [String] {
        var missing: [String] = []
        for artifact in lock.artifacts { missing += try self.missing(of: artifact) }
        for chart in lock.charts ?? [] {
            if try !has(chart.path, chart.sha256) { missing.append("\(chart.path) of chart \(chart.name)") }
        }
        return missing
    }

    private func missing(of artifact: Artifact) throws -> [String] {
        let name = "\(artifact.name) \(artifact.version)"
        switch artifact.kind {
        case .chart, .deb: return []
        case .binary, .manifest:
            if case .file(let path, _) = try Self.placement(of: artifact), try has(path, artifact.sha256) { return [] }
            // The operator's own, and what this bundler would put elsewhere: its content says what it is.
            return digests.contains(artifact.sha256) ? [] : [name]
        case .archive:
            switch try Self.placement(of: artifact) {
            case .members(let targets):
                return targets.values.filter { files[$0] == nil }.sorted().map { "\($0) of \(name)" }
            case .programs(let folder):
                let isThere = files.keys.contains { $0.hasPrefix("\(folder)/") }
                return isThere ? [] : ["any program of \(name) in \(folder)"]
            case .file, .none: return []
            }
        }
    }

    /// Whether there is a file of that path and content.
    private func has(_ path: String, _ sha256: SHA256Digest) throws -> Bool {
        guard let actual = files[path]?.sha256 else { return false }
        guard actual == sha256 else { throw ArchiveError.wrongDigest(path, expected: sha256, actual: actual) }
        return true
    }

    private static func placement(of artifact: Artifact) throws -> ArtifactDefinition.Placement {
        guard let definition = try ArtifactCatalog.definition(named: artifact.name) else { return .none }
        return definition.placement
    }
}
