public import BundleModel

/// What a bundle will be made of, before anything is fetched.
public struct BuildPlan: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var architecture: CPUArchitecture
    /// With the images that the matrix expects; kubeadm's own list replaces them once it is fetched.
    public var release: Release
    /// How far this combination is tested.
    public var status: TestStatus
    /// True where the matrix has seen these image tags; then kubeadm's list must be the same.
    public var imagesVerified: Bool
    /// All, those of the network and of add-ons with them. Sorted by name.
    public var artifacts: [PlannedArtifact]
    /// All, those of the network and of add-ons with them. Sorted by reference.
    public var images: [PlannedImage]
    /// Those of the images that somebody asked for, beside what the matrix is certain of.
    public var extraImages: [ImageReference]
    /// Images whose layers are kept as they were published.
    public var originalLayers: [ImageReference]
    /// SPDX expression of the main program of every other image.
    public var imageLicense: String
    /// A pod network that comes as manifests; nil for `bridge` and `none`.
    public var network: PlannedAddOn?
    /// In the order in which they are applied.
    public var addOns: [PlannedAddOn]
    /// The operator's own, after the add-ons.
    public var charts: [PlannedChart]
    /// The operator's own, after the charts.
    public var manifests: [PlannedManifest]
    public var osReleases: [String]
    /// What a person should know, one line each.
    public var notes: [String]

    public init(
        architecture: CPUArchitecture, release: Release, status: TestStatus, imagesVerified: Bool,
        artifacts: [PlannedArtifact], images: [PlannedImage], extraImages: [ImageReference],
        originalLayers: [ImageReference], imageLicense: String, network: PlannedAddOn? = nil,
        addOns: [PlannedAddOn] = [], charts: [PlannedChart] = [], manifests: [PlannedManifest] = [],
        osReleases: [String], notes: [String]
    ) {
        self.schemaVersion = Self.currentSchemaVersion
        self.architecture = architecture
        self.release = release
        self.status = status
        self.imagesVerified = imagesVerified
        self.artifacts = artifacts.sorted { $0.name < $1.name }
        self.images = images.sorted { $0.reference.description < $1.reference.description }
        self.extraImages = extraImages
        self.originalLayers = originalLayers
        self.imageLicense = imageLicense
        self.network = network
        self.addOns = addOns
        self.charts = charts
        self.manifests = manifests
        self.osReleases = osReleases
        self.notes = notes
    }

    public func artifact(named name: String) -> PlannedArtifact? {
        artifacts.first { $0.name == name }
    }
}
