import Archive
import BundleModel
import Host
import Signing

/// Says what of a bundle its base brings. Folders, links, the images' documents, lists of packages and the SBOM always
/// travel.
struct DeltaCut: Sendable {
    let base: BaseContent
    /// Of the result.
    let images: ImageHoldings

    /// What a delta leaves out of a pack of the result.
    func omitted(from pack: Pack) -> [Pack.Member] {
        let there = base.members(of: pack.name, pack.content, pack.selector)
        return pack.members.filter { omits($0, of: pack.content, there: there[$0.path]) }
    }

    /// Takes out of a pack that is to be written what is left out, and lists that. Hashes files; blocks.
    func cut(_ request: PackSetWriter.Request) throws -> PackSetWriter.Request {
        let there = base.members(of: request.name, request.content, request.selector)
        var rest = request
        rest.parts = []
        for part in request.parts {
            var left = part
            left.members = []
            for source in part.members {
                let member = try Self.member(source, of: request.content, there: there[source.path])
                if let member, omits(member, of: request.content, there: there[source.path]) {
                    rest.omitted.append(member)
                } else {
                    left.members.append(source)
                }
            }
            // Readers know no part without members. A pack that is not in parts has one, whatever is in it.
            if !left.members.isEmpty || !request.isInParts { rest.parts.append(left) }
        }
        return rest
    }

    /// - Parameter there: what the base has at its place.
    private func omits(_ member: Pack.Member, of content: Pack.Content, there: Pack.Member?) -> Bool {
        guard member.kind == .file else { return false }
        switch content {
        case .images:
            guard let name = ImageMember(path: member.path), let needs = images.needs[name] else { return false }
            return needs.isSubset(of: base.images.pieces)
        case .files: return member.path != SBOM.path && member == there
        case .packages: return member.path.hasSuffix(".deb") && member == there
        }
    }

    /// What a source becomes in the pack, as far as it may be left out; nil for what may not.
    private static func member(
        _ source: PackSource, of content: Pack.Content, there: Pack.Member?
    ) throws -> Pack.Member? {
        switch source {
        case .directory, .symlink, .bytes: return nil
        case .layer(let path, let mode, _, let size, let sha256, let applier):
            return Pack.Member(path: path, mode: mode, size: size, sha256: sha256, appliedBy: applier)
        case .file(let path, let mode, let file):
            guard let status = try FileSystem.status(file), status.kind == .file else { return nil }
            var member = Pack.Member(path: path, mode: mode & 0o7777, size: status.size)
            if content == .images {
                // Its name is its digest.
                member.sha256 = ImageMember(path: path)?.digest
            } else {
                guard let there, there.size == member.size, there.mode == member.mode else { return nil }
                member.sha256 = try SHA256Hasher.hash(file: file)
            }
            return member
        }
    }
}
