/// A chart that became a manifest when the bundle was made, with everything that shaped it. Kubernetes' version is the
/// release's.
public struct LockedChart: Codable, Hashable, Sendable {
    /// A file of values.
    public struct Values: Codable, Hashable, Sendable {
        /// `file:` and a path.
        public var source: String
        public var sha256: SHA256Digest

        public init(source: String, sha256: SHA256Digest) {
            self.source = source
            self.sha256 = sha256
        }
    }

    /// The release's name.
    public var name: String
    public var namespace: String
    /// The lock's artifact of kind `chart`.
    public var artifact: String
    /// Later ones over earlier ones.
    public var values: [Values]
    /// Values by their path, over those of files.
    public var settings: [String: String]
    /// Version of the helm that rendered it.
    public var helm: String
    /// The manifest, under the node's root.
    public var path: String
    /// Bytes of the manifest.
    public var size: UInt64
    /// Content of the manifest.
    public var sha256: SHA256Digest

    public init(
        name: String, namespace: String, artifact: String, values: [Values], settings: [String: String], helm: String,
        path: String, size: UInt64, sha256: SHA256Digest
    ) {
        self.name = name
        self.namespace = namespace
        self.artifact = artifact
        self.values = values
        self.settings = settings
        self.helm = helm
        self.path = path
        self.size = size
        self.sha256 = sha256
    }
}
