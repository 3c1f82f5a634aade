public import Archive
public import BundleModel

extension ImageCatalog {
    /// Every document of a pack of images by its digest. Blocks.
    ///
    /// - Parameter reader: of the pack's first part.
    /// - Throws: `ArchiveError`, and what the reader's source throws.
    public static func documents(of pack: Pack, _ reader: PackReader) throws -> [SHA256Digest: [UInt8]] {
        var documents: [SHA256Digest: [UInt8]] = [:]
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        try reader.forEachMember(pack.members(in: pack.prefix(throughPart: 0))) { member, source in
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
        return documents
    }
}
