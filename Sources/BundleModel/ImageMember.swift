/// What a member of a pack of images is, which its path says.
public enum ImageMember: Hashable, Sendable {
    /// An index, a manifest or a config, or a layer as it was published.
    case blob(SHA256Digest)
    /// A layer as plain tar, by its diffID.
    case layer(SHA256Digest)

    private static let blobs = "blobs/sha256/"
    private static let layers = "layers/sha256/"
    /// Of the first part of every pack of images: the images' indexes, manifests and configs.
    public static let documentsPart = "documents"
    /// Bytes of the largest document that is packed and read.
    public static let documentLimit: UInt64 = 4 << 20
    /// Bytes of all documents of a bundle: they are in memory at once on a node.
    public static let documentsLimit: UInt64 = 32 << 20
    /// Bytes of the largest layer as plain tar. More is an attack on whoever unpacks it.
    public static let layerLimit: UInt64 = 64 << 30

    /// - Returns: nil for a path that no such member has.
    public init?(path: String) {
        if path.hasPrefix(Self.blobs), let digest = Self.digest(path.dropFirst(Self.blobs.count)) {
            self = .blob(digest)
        } else if path.hasPrefix(Self.layers), let digest = Self.digest(path.dropFirst(Self.layers.count)) {
            self = .layer(digest)
        } else {
            return nil
        }
    }

    public var path: String {
        switch self {
        case .blob(let digest): Self.blobs + digest.hex
        case .layer(let digest): Self.layers + digest.hex
        }
    }

    /// Of the member's content.
    public var digest: SHA256Digest {
        switch self {
        case .blob(let digest), .layer(let digest): digest
        }
    }

    /// Lowercase, so that one content has one path.
    private static func digest(_ hex: Substring) -> SHA256Digest? {
        guard let digest = try? SHA256Digest(hex: hex), digest.hex.utf8.elementsEqual(hex.utf8) else { return nil }
        return digest
    }
}
