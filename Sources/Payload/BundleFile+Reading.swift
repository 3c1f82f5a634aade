public import Archive
public import BundleModel

extension BundleFile {
    /// Reads a pack's members. Of one that continues another, that one's bytes are read and decoded before.
    ///
    /// - Parameters:
    ///   - pack: of this file's index.
    ///   - prefix: how much of the pack; nil for all.
    /// - Throws: `PayloadError`, `ArchiveError`.
    public func reader(of pack: Pack, prefix: Pack.Prefix? = nil) throws -> PackReader {
        let own = try source(of: pack, prefix: prefix)
        let before = pack.continues.flatMap { name in index.packs.first { $0.name == name } }
        return try PackReader(
            source: try before.map { JoinedSources([try source(of: $0), own]) } ?? own,
            compression: pack.compression, prefix: prefix ?? pack.whole, after: before?.uncompressedSize ?? 0,
            goesOn: index.packs.contains { $0.continues == pack.name }, name: pack.name)
    }
}
