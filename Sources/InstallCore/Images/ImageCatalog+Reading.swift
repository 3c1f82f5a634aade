import BundleModel
import Payload

extension ImageCatalog {
    /// Reads a pack's documents and nothing behind them. Blocks.
    ///
    /// - Parameter images: of the lock, those that nodes of this role load.
    /// - Throws: `PayloadError.badImage`, `ArchiveError`, and what the content throws.
    static func read(
        _ images: [LockedImage], from pack: Pack, for role: NodeRole, in content: any BundleContent
    ) throws -> ImageCatalog {
        let reader = try content.reader(pack, pack.prefix(throughPart: 0))
        return try ImageCatalog(
            images, documents: ImageCatalog.documents(of: pack, reader),
            members: Array(pack.members(in: pack.prefix(for: role))) + (pack.omitted ?? []))
    }
}
