import Archive
import BundleModel
import Payload
import SystemPackage

/// A pack of a bundle as files, to be packed anew without some of its members.
struct UnpackedPack {
    let request: PackSetWriter.Request

    /// Reads and checks the whole pack. Blocks.
    ///
    /// - Parameters:
    ///   - omitted: members of the pack that are not written anywhere.
    ///   - folder: gets a file for each of the others.
    init(
        _ pack: Pack, of bundle: BundleFile, without omitted: [Pack.Member], in folder: FilePath, _ meter: ByteMeter
    ) throws {
        let left = Set(omitted.map(\.path))
        var files: [String: FilePath] = [:]
        try bundle.reader(of: pack).forEachMember(pack.members) { member, content in
            if member.kind == .file, !left.contains(member.path) {
                let file = folder.appending("\(files.count)")
                try UnpackedFile.create(at: file) { try UnpackedFile.copy(content, to: $0, meter) }
                files[member.path] = file
            } else {
                try meter.add(member.size)
            }
            return true
        }
        func sources(_ members: some Sequence<Pack.Member>) -> [PackSource] {
            members.filter { !left.contains($0.path) }.compactMap { Self.source($0, file: files[$0.path]) }
        }
        var request = PackSetWriter.Request(
            pack.name, pack.content, selector: pack.selector, of: pack.parts == nil ? sources(pack.members) : [])
        if let parts = pack.parts {
            var rest = pack.members[...]
            request.parts = parts.map { part in
                defer { rest = rest.dropFirst(part.members) }
                return PackPart(name: part.name, roles: part.roles, members: sources(rest.prefix(part.members)))
            }.filter { !$0.members.isEmpty }
        }
        request.omitted = omitted
        self.request = request
    }

    /// - Parameter file: of a file that was written; nil for nothing but folders and links.
    private static func source(_ member: Pack.Member, file: FilePath?) -> PackSource? {
        switch (member.kind, file) {
        case (.directory, _): return .directory(path: member.path, mode: member.mode)
        case (.symlink, _): return member.target.map { PackSource.symlink(path: member.path, target: $0) }
        case (.file, let file?):
            if case .layer(let diffID) = ImageMember(path: member.path) {
                return .layer(
                    path: member.path, mode: member.mode, source: LayerFile(file), size: member.size, sha256: diffID,
                    appliedBy: member.appliedBy)
            }
            return .file(path: member.path, mode: member.mode, source: file)
        case (.file, nil): return nil
        }
    }
}
