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

    /// An index or a manifest, byte for byte.
    public struct Document: Hashable, Sendable {
        public let digest: SHA256Digest
        public let bytes: [UInt8]
    }

    public let reference: ImageReference
    /// What the reference resolved to: an index or the manifest itself.
    public let target: OCIDescriptor
    public let manifest: SHA256Digest
    /// The index, where there is one, and the manifest.
    public let documents: [Document]
    /// Config first, then layers in order, each content once.
    public let blobs: [Blob]
    /// The registry's address.
    public let source: String

    /// Bytes of documents and layers.
    public var size: UInt64 {
        documents.reduce(0) { $0 + UInt64($1.bytes.count) } + blobs.reduce(0) { $0 + $1.size }
    }
}
