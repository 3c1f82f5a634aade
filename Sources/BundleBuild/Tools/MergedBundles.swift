public import BundleModel

/// `bundles.json`: one release for several architectures, in one folder. bundle-spec/bundles.schema.json is its schema.
public struct MergedBundles: Codable, Hashable, Sendable {
    public static let fileName = "bundles.json"
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var productLine: String
    public var kubernetes: SemanticVersion
    /// The same for all: digest of the versions.
    public var releaseID: SHA256Digest
    /// Sorted by architecture.
    public var bundles: [Entry]

    public struct Entry: Codable, Hashable, Sendable {
        public var architecture: CPUArchitecture
        /// For `node-install --bundle`.
        public var bundle: File
        public var nodeInstall: File
        /// Whether the signed index names this node-install.
        public var isNodeInstallSigned: Bool
        public var sequence: UInt64
    }

    /// A file beside `bundles.json`.
    public struct File: Codable, Hashable, Sendable {
        public var name: String
        /// Bytes.
        public var size: UInt64
        public var sha256: SHA256Digest
    }
}
