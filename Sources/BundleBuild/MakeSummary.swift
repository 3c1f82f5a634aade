public import BundleModel

/// What `make` did.
public struct MakeSummary: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var file: String
    /// Bytes.
    public var size: UInt64
    public var seconds: Double
    public var kubernetes: SemanticVersion
    public var containerd: SemanticVersion
    public var architecture: CPUArchitecture
    public var status: TestStatus
    public var releaseID: SHA256Digest
    public var sequence: UInt64
    /// False for a bundle for `node-install --bundle`.
    public var selfExtracting: Bool
    /// Nil for an unsigned bundle.
    public var keyFingerprint: SHA256Digest?
    public var packs: [PackLine]
    /// Nil for a whole bundle.
    public var base: Base?
    /// Bytes, unpacked, that a delta leaves out; nil for a whole bundle.
    public var omittedSize: UInt64?
    /// Sidecars and lock, beside the file.
    public var companions: [String]
    public var notes: [String]

    public struct PackLine: Codable, Hashable, Sendable {
        public var name: String
        /// Compressed bytes.
        public var size: UInt64
        /// Bytes of the tar.
        public var uncompressedSize: UInt64
        /// Compressed bytes that a worker reads of it; nil for a pack that it reads whole or not at all.
        public var workerSize: UInt64?
        /// Bytes of memory that a node needs to unpack it.
        public var memory: UInt64
    }
}
