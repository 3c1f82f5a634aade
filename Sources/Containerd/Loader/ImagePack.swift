public import Archive
public import BundleModel

/// A pack of images: documents first (`blobs/sha256/…`), then layers, each after all that may lie below it
/// (`layers/sha256/<diffID>` uncompressed, or `blobs/sha256/…` as published).
public protocol ImagePack: Sendable {
    /// What the index lists, in the pack's order.
    var members: [Pack.Member] { get }

    /// Calls `body` with each member and its content, from the first on, on the calling thread. Blocks. Content that
    /// `body` leaves unread is passed over.
    ///
    /// - Parameter body: returns whether it wants to see more.
    func forEachMember(_ body: (Pack.Member, any ByteSource) throws -> Bool) throws
}
