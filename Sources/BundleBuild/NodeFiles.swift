import Archive
import BundleModel
import Host
import SystemPackage

/// The `node` pack's content: each artifact's files at their place under the node's root.
struct NodeFiles {
    /// Holds what is unpacked from archives until the pack is written.
    let staging: FilePath

    /// - Throws: `ArchiveError` for an archive that lacks a member or has a hostile one.
    func members(of definition: ArtifactDefinition, artifact: ObtainedArtifact) throws -> [PackSource] {
        switch definition.placement {
        case .file(let target, let mode):
            return [.file(path: target, mode: mode, source: artifact.path)]
        case .members(let targets):
            let folder = staging.appending(definition.name)
            try UpstreamArchive(artifact.path).extract(members: targets.keys.sorted(), into: folder)
            return targets.map { name, target in
                .file(path: target, mode: 0o755, source: folder.pushing(FilePath(name)))
            }
        case .executables(let target):
            let folder = staging.appending(definition.name)
            let extracted = try UpstreamArchive(artifact.path).extract(into: folder) { member in
                member.kind == .file && member.mode & 0o111 != 0 && !member.path.contains("/")
            }
            guard !extracted.isEmpty else {
                throw ArchiveError.missingMembers(["any executable file"], archive: artifact.source)
            }
            return extracted.map {
                .file(path: "\(target)/\($0.path)", mode: 0o755, source: folder.pushing(FilePath($0.path)))
            }
        }
    }
}
