/// A reference to content: what it is, by which digest, how large. Only the fields that are used here.
public struct OCIDescriptor: Codable, Hashable, Sendable {
    public var mediaType: OCIMediaType
    public var digest: SHA256Digest
    /// Bytes.
    public var size: UInt64
    /// In an index: what the manifest's image runs on.
    public var platform: OCIPlatform?
    public var annotations: [String: String]?
    /// Where else than in the registry the content may lie.
    public var urls: [String]?

    public init(
        mediaType: OCIMediaType, digest: SHA256Digest, size: UInt64, platform: OCIPlatform? = nil,
        annotations: [String: String]? = nil, urls: [String]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
        self.urls = urls
    }
}
