/// The executable that stands before the bundle in a self-extracting file.
public struct Head: Codable, Hashable, Sendable {
    /// Bytes, without the padding after it.
    public var size: UInt64
    public var sha256: SHA256Digest

    public init(size: UInt64, sha256: SHA256Digest) {
        self.size = size
        self.sha256 = sha256
    }
}
