/// What `verify --deep` looked at.
public struct DeepSummary: Codable, Hashable, Sendable {
    /// Members of all packs, each compared with its digest.
    public var members: Int
    /// Bytes of their content.
    public var bytes: UInt64
    /// Images that are whole: every document and every layer.
    public var images: Int
    /// Layers that were compared with the digests of their images' configs.
    public var layers: Int
    /// Host packages, compared with the lock.
    public var packages: Int

    public init(members: Int, bytes: UInt64, images: Int, layers: Int, packages: Int) {
        self.members = members
        self.bytes = bytes
        self.images = images
        self.layers = layers
        self.packages = packages
    }
}
