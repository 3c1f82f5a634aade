/// An image of the bundle, pinned.
public struct LockedImage: Codable, Hashable, Sendable {
    /// How layers are stored.
    public enum Layers: String, Codable, CaseIterable, Sendable {
        /// As plain tars, by their diffIDs: the smallest, and what a node unpacks from.
        case unpacked
        /// The published blobs, byte for byte.
        case original
    }

    /// The name that manifests use.
    public var reference: ImageReference
    /// What the reference resolved to at the registry: an index or a manifest.
    public var digest: SHA256Digest
    /// What `digest` names, in the registry's words.
    public var mediaType: OCIMediaType
    /// The manifest for the bundle's architecture.
    public var manifest: SHA256Digest
    /// Bytes of documents and layers as they were published.
    public var size: UInt64
    public var layers: Layers
    /// Which nodes load it.
    public var roles: [NodeRole]
    /// Where it was pulled from.
    public var source: String
    /// Manifests that hold signatures of `digest` at the registry, as they were when the image was pulled: recorded, not
    /// checked. Sorted; nil where none are known.
    public var signatures: [SHA256Digest]?

    public init(
        reference: ImageReference, digest: SHA256Digest, mediaType: OCIMediaType, manifest: SHA256Digest, size: UInt64,
        layers: Layers = .unpacked, roles: [NodeRole], source: String, signatures: [SHA256Digest]? = nil
    ) {
        self.reference = reference
        self.digest = digest
        self.mediaType = mediaType
        self.manifest = manifest
        self.size = size
        self.layers = layers
        self.roles = roles
        self.source = source
        self.signatures = signatures
    }
}
