public import BundleModel

/// An add-on, or a pod network that comes as manifests, with everything that it needs. The plan's own lists of artifacts
/// and images have these too.
public struct PlannedAddOn: Codable, Hashable, Sendable {
    public var name: String
    /// As upstream writes it, without a leading `v`.
    public var version: String
    /// SPDX expression.
    public var license: String
    public var artifacts: [PlannedArtifact]
    /// Names of the artifacts that are manifests to apply, in order. Charts come after them.
    public var manifests: [String]
    public var charts: [PlannedChart]
    /// Needed beside what its manifests and charts name, such as images that an operator makes pods of.
    public var images: [ImageReference]
    /// What its manifests and charts are expected to name. A plan shows it; what they really name replaces it.
    public var expectedImages: [ImageReference]

    public init(
        name: String, version: String, license: String, artifacts: [PlannedArtifact] = [], manifests: [String] = [],
        charts: [PlannedChart] = [], images: [ImageReference] = [], expectedImages: [ImageReference] = []
    ) {
        self.name = name
        self.version = version
        self.license = license
        self.artifacts = artifacts
        self.manifests = manifests
        self.charts = charts
        self.images = images
        self.expectedImages = expectedImages
    }
}
