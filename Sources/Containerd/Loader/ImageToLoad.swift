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

    public init(
        reference: ImageReference, digest: SHA256Digest, manifest: SHA256Digest, mediaType: OCIMediaType? = nil,
        keepsBlobs: Bool
    ) {
        self.reference = reference
        self.digest = digest
        self.manifest = manifest
        self.mediaType = mediaType
        self.keepsBlobs = keepsBlobs
    }

    public init(_ image: LockedImage) {
        self.init(
            reference: image.reference, digest: image.digest, manifest: image.manifest,
            mediaType: image.mediaType, keepsBlobs: image.layers == .original)
    }

    /// The names of its records in containerd: by tag where it has one, and by digest.
    public var names: [String] {
        (reference.tag.map { ["\(reference.name):\($0)"] } ?? []) + ["\(reference.name)@\(digest)"]
    }
}
