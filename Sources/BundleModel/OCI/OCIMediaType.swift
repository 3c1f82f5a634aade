/// What content is, by the name that a descriptor or an answer's header gives it, in OCI's and in Docker's words.
public struct OCIMediaType: RawRepresentable, Codable, Hashable, Sendable {
    /// As it was read; may be one that nothing here knows.
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// How a layer's tar is compressed.
    public enum LayerCompression: Hashable, Sendable, CaseIterable {
        case none
        case gzip
        case zstd
    }

    public enum Kind: Hashable, Sendable {
        /// Manifests of several platforms; Docker's name is manifest list.
        case index
        /// One platform's image.
        case manifest
        /// An image's configuration, with the digests of its layers as plain tar.
        case config
        case layer(LayerCompression)
    }

    public static let index = OCIMediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    public static let manifest = OCIMediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    public static let config = OCIMediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    public static let dockerIndex = OCIMediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    public static let dockerManifest = OCIMediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    public static let dockerConfig = OCIMediaType(rawValue: "application/vnd.docker.container.image.v1+json")

    /// What a registry is asked for by an image's tag or digest.
    public static let documents = [index, dockerIndex, manifest, dockerManifest]

    /// OCI's name of a layer.
    public static func layer(_ compression: LayerCompression) -> OCIMediaType {
        let plain = "application/vnd.oci.image.layer.v1.tar"
        return switch compression {
        case .none: OCIMediaType(rawValue: plain)
        case .gzip: OCIMediaType(rawValue: "\(plain)+gzip")
        case .zstd: OCIMediaType(rawValue: "\(plain)+zstd")
        }
    }

    /// Nil for what is no part of an image that a node can run.
    public var kind: Kind? {
        switch self {
        case .index, .dockerIndex: return .index
        case .manifest, .dockerManifest: return .manifest
        case .config, .dockerConfig: return .config
        default:
            let tar = Self.layers.first { rawValue.hasPrefix($0) }
            return tar.flatMap { Self.compressions[String(rawValue.dropFirst($0.count))] }.map(Kind.layer)
        }
    }

    /// Whether a layer's licence kept it out of registries, in the words of the time when that was done.
    public var isForeign: Bool { Self.foreign.contains { rawValue.hasPrefix($0) } }

    private static let foreign = [
        "application/vnd.oci.image.layer.nondistributable.", "application/vnd.docker.image.rootfs.foreign.",
    ]

    /// Names of a layer as plain tar. The second and the last are of layers that used not to be pushed to registries.
    private static let layers = [
        "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar",
    ]

    /// What stands behind the plain name: OCI's suffixes and Docker's.
    private static let compressions: [String: LayerCompression] = [
        "": .none, "+gzip": .gzip, ".gzip": .gzip, "+zstd": .zstd, ".zstd": .zstd,
    ]
}
