public import BundleModel

/// An image that containerd is to have.
public struct ImageToLoad: Sendable, Hashable {
    /// The name that manifests use.
    public var reference: ImageReference
    /// What the name stands for: an index, or a manifest.
    public var digest: SHA256Digest
    /// The manifest for this node: `digest` itself, or one that the index lists.
    public var manifest: SHA256Digest
    /// Of what `digest` names; nil takes what the document says of itself.
    public var mediaType: OCIMediaType?
    /// Whether the published layer blobs stay in containerd, so that the image can be pushed and exported.
    public var keepsBlobs: Bool
    /// Of its records in containerd; at least one.
    public var names: [String]

    public init(
        reference: ImageReference, digest: SHA256Digest, manifest: SHA256Digest, mediaType: OCIMediaType? = nil,
        keepsBlobs: Bool, names: [String]
    ) {
        self.reference = reference
        self.digest = digest
        self.manifest = manifest
        self.mediaType = mediaType
        self.keepsBlobs = keepsBlobs
        self.names = names
    }

    /// - Parameter claims: of the bundle that the image is of.
    public init(_ image: LockedImage, _ claims: TagClaims) {
        self.init(
            reference: image.reference, digest: image.digest, manifest: image.manifest,
            mediaType: image.mediaType, keepsBlobs: image.layers == .original,
            names: claims.names(of: image).all)
    }
}
