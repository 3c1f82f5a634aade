public import Archive
public import BundleModel

/// A pack of a bundle, or its beginning, as the loader reads it: each member is what the index lists at its place.
public struct PackedImages: ImagePack {
    public let members: [Pack.Member]
    private let open: @Sendable () throws -> PackReader

    /// - Parameters:
    ///   - members: what the index lists, as far as the reader goes.
    ///   - open: a reader at the beginning of the pack. Called once for each reading.
    public init(_ members: some Sequence<Pack.Member>, open: @escaping @Sendable () throws -> PackReader) {
        self.members = Array(members)
        self.open = open
    }

    /// Contents are not compared with their digests: `body` does that.
    ///
    /// - Throws: `ArchiveError` for a pack that is damaged or not what the index lists, and what `open` and `body` throw.
    public func forEachMember(_ body: (Pack.Member, any ByteSource) throws -> Bool) throws {
        // Every byte is hashed once, where it is used: documents and layers have digests of their own for names.
        try open().forEachMember(members, hashing: false) { member, content in
            member.kind == .file ? try body(member, content) : true
        }
    }
}
