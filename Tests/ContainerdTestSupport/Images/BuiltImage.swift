public import BundleModel
public import SystemPackage

/// An image as files and as documents: what containerd imports, and what a loader of our own gets.
public struct BuiltImage: Sendable {
    public let plan: ImagePlan
    /// Index, manifest and config, byte for byte.
    public let documents: [Document]
    /// What the reference names: the index where there is one, else the manifest.
    public let target: Document
    public let manifest: Document
    public let config: Document
    /// Bottom to top.
    public let layers: [BuiltLayer]
    /// An OCI image layout (folder) with everything that is there, the published layer blobs too.
    public let layout: FilePath
    /// The same as a tar file, for `ctr images import`.
    public let archive: FilePath

    /// `nasty.test/<theme>:1`
    public var tagged: String { "\(plan.repository):1" }
    /// Both names that an image has: by tag and by digest.
    public var references: [String] { [tagged, "\(plan.repository)@\(target.digest)"] }

    /// The names of the layers' snapshots, bottom to top, as the OCI image specification defines them.
    public var chainIDs: [SHA256Digest] {
        layers.reduce(into: []) { chain, layer in
            guard let below = chain.last else { return chain.append(layer.statedDiffID) }
            chain.append(ByteString("\(below) \(layer.statedDiffID)").digest)
        }
    }

    public struct Document: Sendable, Hashable {
        public let mediaType: String
        public let bytes: [UInt8]

        public var digest: SHA256Digest { ByteString(bytes).digest }
    }

    public struct BuiltLayer: Sendable {
        /// SHA-256 of the uncompressed tar.
        public let diffID: SHA256Digest
        /// What the config says it is; another one only where an image lies.
        public let statedDiffID: SHA256Digest
        /// The uncompressed tar.
        public let tar: FilePath
        /// Bytes of the uncompressed tar.
        public let size: UInt64
        public let mediaType: String
        /// The published blob.
        public let blob: FilePath
        public let blobDigest: SHA256Digest
        public let blobSize: UInt64
    }
}
