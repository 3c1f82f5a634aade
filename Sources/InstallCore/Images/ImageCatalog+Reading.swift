import Archive
import BundleModel

extension ImageCatalog {
    /// Reads a pack's documents and nothing behind them. Blocks.
    ///
    /// - Parameter images: of the lock, those that nodes of this role load.
    /// - Throws: `InstallError.badImage`, `ArchiveError`, and what the content throws.
    static func read(
        _ images: [LockedImage], from pack: Pack, for role: NodeRole, in content: any BundleContent
    ) throws -> ImageCatalog {
        let beginning = pack.prefix(throughPart: 0)
        var documents: [SHA256Digest: [UInt8]] = [:]
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        try content.reader(pack, beginning).forEachMember(pack.members(in: beginning)) { member, source in
            guard let digest = member.sha256 else { return true }
            var bytes: [UInt8] = []
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                bytes += buffer[..<count]
            }
            documents[digest] = bytes
            return true
        }
        return try ImageCatalog(
            images, documents: documents, members: pack.members(in: pack.prefix(for: role)))
    }
}
