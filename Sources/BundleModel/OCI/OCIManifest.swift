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

    /// An image without layers may have `null` for them, as Go writes it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
        mediaType = try container.decodeIfPresent(OCIMediaType.self, forKey: .mediaType)
        config = try container.decode(OCIDescriptor.self, forKey: .config)
        layers = try container.decodeIfPresent([OCIDescriptor].self, forKey: .layers) ?? []
    }

    /// The lowest layer that need not be where the manifest is: nothing that a bundle could carry for sure.
    public var foreignLayer: OCIDescriptor? {
        layers.first { $0.mediaType.isForeign || !($0.urls ?? []).isEmpty }
    }

    /// Config first, then the layers in order, each content once: images repeat layers, empty ones above all.
    public var contents: [OCIDescriptor] {
        var seen: Set<SHA256Digest> = []
        return ([config] + layers).filter { seen.insert($0.digest).inserted }
    }
}
