public import BundleModel

/// What a written pack is, for its entry in the index.
public struct PackSummary: Sendable, Hashable {
    /// Compressed bytes.
    public let size: UInt64
    /// Bytes of the tar.
    public let uncompressedSize: UInt64
    /// SHA-256 of each chunk of the compressed bytes.
    public let chunks: [SHA256Digest]
    /// SHA-256 over the chunk digests' raw bytes.
    public let digest: SHA256Digest
    public let chunkSize: UInt64
    public let compression: Compression
    public let members: [Pack.Member]
    /// Nil for a pack that was written without.
    public let parts: [Pack.Part]?

    /// The pack's entry in the index.
    public func pack(
        name: String, content: Pack.Content, selector: Pack.Selector, continues: String? = nil
    ) -> Pack {
        Pack(
            name: name, content: content, selector: selector, compression: compression, size: size,
            uncompressedSize: uncompressedSize, chunkSize: chunkSize, chunks: chunks, digest: digest, members: members,
            parts: parts, continues: continues)
    }
}
