public import BundleModel

/// What somebody wants in a bundle. Nil versions follow from the matrix.
public struct BuildRequest: Hashable, Sendable {
    public var kubernetes: SemanticVersion
    public var architecture: CPUArchitecture
    public var containerd: SemanticVersion?
    public var runc: SemanticVersion?
    public var cniPlugins: SemanticVersion?
    public var crictl: SemanticVersion?
    public var cni: CNIChoice
    /// In the order in which they are applied.
    public var addOns: [AddOnChoice]
    /// The operator's own charts, none of them an artifact.
    public var charts: [PlannedChart]
    /// The operator's own manifests.
    public var manifests: [PlannedManifest]
    /// Paths of files that list images. Whoever makes a plan reads them into `extraImages` before.
    public var imageLists: [String]
    /// `debian-12`: one pack of host packages each.
    public var osReleases: [String]
    public var extraImages: [ImageReference]
    /// Images whose layers are kept as they were published.
    public var originalLayers: [ImageReference]
    /// Combinations that upstream does not test pass with a note.
    public var allowUntested: Bool

    public init(
        kubernetes: SemanticVersion, architecture: CPUArchitecture = .amd64, containerd: SemanticVersion? = nil,
        runc: SemanticVersion? = nil, cniPlugins: SemanticVersion? = nil, crictl: SemanticVersion? = nil,
        cni: CNIChoice = .bridge, addOns: [AddOnChoice] = [], charts: [PlannedChart] = [],
        manifests: [PlannedManifest] = [], imageLists: [String] = [], osReleases: [String] = [], extraImages: [ImageReference] = [],
        originalLayers: [ImageReference] = [], allowUntested: Bool = false
    ) {
        self.kubernetes = kubernetes
        self.architecture = architecture
        self.containerd = containerd
        self.runc = runc
        self.cniPlugins = cniPlugins
        self.crictl = crictl
        self.cni = cni
        self.addOns = addOns
        self.charts = charts
        self.manifests = manifests
        self.imageLists = imageLists
        self.osReleases = osReleases
        self.extraImages = extraImages
        self.originalLayers = originalLayers
        self.allowUntested = allowUntested
    }
}
