public import BundleModel

/// What a layer's tar was.
public struct LayerSummary: Hashable, Sendable {
    /// SHA-256 of every byte of the tar, to the end of its source.
    public let diffID: SHA256Digest
    /// Bytes of the tar.
    public let size: UInt64
    /// Members that were read, those that change nothing included.
    public let entries: Int

    public init(diffID: SHA256Digest, size: UInt64, entries: Int) {
        self.diffID = diffID
        self.size = size
        self.entries = entries
    }
}
