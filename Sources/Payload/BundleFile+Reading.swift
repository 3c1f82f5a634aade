public import Archive
public import BundleModel

extension BundleFile {
    /// Reads a pack's members. Of one that continues another, that one's bytes are read and decoded before.
    ///
    /// - Parameters:
    ///   - pack: of this file's index.
    ///   - prefix: how much of the pack; nil for all.
    ///   - continuation: of the reader of the pack that this one continues, which is not read again then; one of another
    ///     pack is not used.
    /// - Throws: `PayloadError`, `ArchiveError`.
    public func reader(
        of pack: Pack, prefix: Pack.Prefix? = nil, continuation: PackContinuation? = nil
    ) throws -> PackReader {
        let own = try source(of: pack, prefix: prefix)
        let goesOn = index.packs.contains { $0.continues == pack.name }
        if let continuation, continuation.name == pack.continues {
            return PackReader(continuation, source: own, prefix: prefix ?? pack.whole, goesOn: goesOn, name: pack.name)
        }
        let before = pack.continues.flatMap { name in index.packs.first { $0.name == name } }
        return try PackReader(
            source: try before.map { JoinedSources([try source(of: $0), own]) } ?? own,
            compression: pack.compression, prefix: prefix ?? pack.whole, after: before?.uncompressedSize ?? 0,
            goesOn: goesOn, name: pack.name)
    }
}
