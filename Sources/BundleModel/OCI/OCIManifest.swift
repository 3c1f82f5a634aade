/// One platform's image.
public struct OCIManifest: Codable, Hashable, Sendable {
    public var schemaVersion: Int
    public var mediaType: OCIMediaType?
    /// Of an `OCIImageConfig`.
    public var config: OCIDescriptor
    /// From the lowest up; the same layer may stand here more than once.
    public var layers: [OCIDescriptor]

    public init(mediaType: OCIMediaType? = .manifest, config: OCIDescriptor, layers: [OCIDescriptor]) {
        schemaVersion = 2
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
    }

    /// Config first, then the layers in order, each content once: images repeat layers, empty ones above all.
    public var contents: [OCIDescriptor] {
        var seen: Set<SHA256Digest> = []
        return ([config] + layers).filter { seen.insert($0.digest).inserted }
    }
}
