/// A small file that nobody knows the digest of beforehand.
public struct CachedDocument: Hashable, Sendable {
    public let bytes: [UInt8]
    /// As the server said; nil where it did not.
    public let contentType: String?
    /// Which of its addresses it came from.
    public let url: String

    public init(bytes: [UInt8], contentType: String?, url: String) {
        self.bytes = bytes
        self.contentType = contentType
        self.url = url
    }
}
