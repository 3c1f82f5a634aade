public import Archive
public import BundleModel

/// An image whose documents and layers agree: every layer was read once, as it was published and as plain tar.
public struct CheckedImage: Sendable {
    public struct Layer: Hashable, Sendable {
        public var file: LayerFile
        /// As it was published: digest and bytes.
        public var blob: SHA256Digest
        /// As plain tar: digest and bytes.
        public var diffID: SHA256Digest
        public var size: UInt64
        /// What `LayerUnpacker` does not handle of it, so that containerd has to unpack it; nil where there is nothing.
        public var notDirect: String?
    }

    /// Index (where there is one), manifest and config by their digests.
    public var documents: [SHA256Digest: [UInt8]]
    /// Bottom to top; the same layer may stand here more than once.
    public var layers: [Layer]
}
