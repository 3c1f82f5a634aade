import Archive
import BundleModel
import Fetch
import Host
import SystemPackage

/// The `node` pack's content: each artifact's files at their place under the node's root.
struct NodeFiles {
    /// Holds what is unpacked from archives until the pack is written.
    let staging: FilePath

    /// - Throws: `FetchError.badAnswer` for an archive that is damaged, lacks a member or has a hostile one.
    func members(of definition: ArtifactDefinition, artifact: ObtainedArtifact) throws -> [PackSource] {
        do {
            return try unpack(definition, artifact)
        } catch let error as ArchiveError where error.isAboutContent {
            // Here it is upstream's file that is wrong, not a bundle.
            throw FetchError.badAnswer(
                url: artifact.source, reason: "the archive of \(definition.name) cannot be used: \(error.message)")
        }
    }

    private func unpack(_ definition: ArtifactDefinition, _ artifact: ObtainedArtifact) throws -> [PackSource] {
        switch definition.placement {
        case .file(let target, let mode):
            return [.file(path: target, mode: mode, source: artifact.path)]
        case .members(let targets):
            let folder = try folder(for: definition)
            let written = Set(
                try UpstreamArchive(artifact.path).extract(into: folder) { path in
                    targets[path] == nil ? nil : Self.fileName(path)
                })
            let missing = targets.keys.filter { !written.contains(Self.fileName($0)) }
            guard missing.isEmpty else {
                throw ArchiveError.missingMembers(missing.sorted(), archive: artifact.source)
            }
            return targets.map { member, target in
                .file(path: target, mode: 0o755, source: folder.appending(Self.fileName(member)))
            }
        case .programs(let target):
            let folder = try folder(for: definition)
            let written = try UpstreamArchive(artifact.path).extract(into: folder) { Self.isProgram($0) ? $0 : nil }
            guard !written.isEmpty else {
                throw ArchiveError.missingMembers(["any program"], archive: artifact.source)
            }
            return written.map { .file(path: "\(target)/\($0)", mode: 0o755, source: folder.appending($0)) }
        case .none:
            return []
        }
    }

    private func folder(for definition: ArtifactDefinition) throws -> FilePath {
        let folder = staging.appending(definition.name)
        try FileSystem.makeDirectories(folder)
        return folder
    }

    private static func fileName(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    /// `host-local`, but not `LICENSE`, `README.md` or anything in a folder.
    private static func isProgram(_ path: String) -> Bool {
        path.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }
}
