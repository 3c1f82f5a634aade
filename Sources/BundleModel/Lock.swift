/// Every artifact with its digest and origin, and the tools and parameters that shape the bundle's bytes.
///
/// The same lock gives the same bundle. The `lock` of a bundle's index and of `OUTPUT.lock.json` beside it are this.
public struct Lock: Codable, Hashable, Sendable {
    public var tools: Tools
    public var compression: Compression
    /// Sorted by name.
    public var artifacts: [Artifact]
    /// Sorted by reference.
    public var images: [LockedImage]
    /// Charts that were rendered, sorted by name; nil where there are none.
    public var charts: [LockedChart]?

    public init(
        tools: Tools, compression: Compression, artifacts: [Artifact], images: [LockedImage],
        charts: [LockedChart]? = nil
    ) {
        self.tools = tools
        self.compression = compression
        self.artifacts = artifacts
        self.images = images
        self.charts = charts
    }

    /// What shapes the bytes beside the artifacts.
    public struct Tools: Codable, Hashable, Sendable {
        public var bundler: SemanticVersion
        /// The executable that becomes the head; nil for a bundle without one.
        public var nodeInstall: SHA256Digest?
        /// `1.5.4`
        public var libzstd: String
        /// `3.6.2`
        public var libarchive: String
        /// `5.4.1`; nil where xz does not compress.
        public var liblzma: String?

        public init(
            bundler: SemanticVersion, nodeInstall: SHA256Digest?, libzstd: String, libarchive: String,
            liblzma: String? = nil
        ) {
            self.bundler = bundler
            self.nodeInstall = nodeInstall
            self.libzstd = libzstd
            self.libarchive = libarchive
            self.liblzma = liblzma
        }
    }
}
