public import BundleModel
public import SystemPackage

/// An image of one platform, with every blob in the cache.
public struct PulledImage: Hashable, Sendable {
    public struct Blob: Hashable, Sendable {
        public let digest: SHA256Digest
        /// Bytes.
        public let size: UInt64
        public let path: FilePath
    }

    public let reference: ImageReference
    /// What the reference resolved to: an index or the manifest itself.
    public let digest: SHA256Digest
    public let manifest: SHA256Digest
    public let manifestType: OCIMediaType
    public let manifestBytes: [UInt8]
    /// Config first, then layers in order, each content once.
    public let blobs: [Blob]
    /// The registry's address.
    public let source: String

    /// Bytes of manifest, config and layers.
    public var size: UInt64 { blobs.reduce(UInt64(manifestBytes.count)) { $0 + $1.size } }
}
