public import BundleModel

/// What `extract` wrote.
public struct ExtractSummary: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    public var folder: String
    /// Empty where no images were asked for.
    public var images: [Image]
    /// Files of packages, by operating system release.
    public var packages: [String: Int]
    /// Files of programs and manifests.
    public var files: Int

    public struct Image: Codable, Hashable, Sendable {
        public var reference: ImageReference
        /// What the name stands for in the output.
        public var digest: SHA256Digest
        /// Whether that is what was published. Otherwise its manifest names plain layers; the config is the published
        /// one.
        public var isAsPublished: Bool

        public init(reference: ImageReference, digest: SHA256Digest, isAsPublished: Bool) {
            self.reference = reference
            self.digest = digest
            self.isAsPublished = isAsPublished
        }
    }

    public init(folder: String, images: [Image], packages: [String: Int], files: Int) {
        self.folder = folder
        self.images = images
        self.packages = packages
        self.files = files
    }
}
