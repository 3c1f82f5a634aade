public import BundleModel

/// What a bundle file (`bundle.yaml`) says, or what options say: a request before the matrix has been asked.
///
/// bundle-spec/bundle-file.schema.json is the file's schema, docs/bundle-file.md its description.
public struct RequestFile: Hashable, Sendable {
    public static let currentSchemaVersion = 1
    /// The file's usual name.
    public static let fileName = "bundle.yaml"

    public var kubernetes: VersionSelector?
    public var containerd: VersionSelector?
    public var runc: VersionSelector?
    public var cniPlugins: VersionSelector?
    public var crictl: VersionSelector?
    public var network: CNIChoice?
    public var architectures: [CPUArchitecture] = []
    /// `debian-12`
    public var osReleases: [String] = []
    public var addOns: [AddOnChoice] = []
    public var images: [ImageReference] = []
    /// Paths.
    public var imageLists: [String] = []
    public var originalLayers: [ImageReference] = []
    public var manifests: [PlannedManifest] = []
    public var charts: [PlannedChart] = []
    public var allowUntested = false
    /// Addresses of an upstream by its name in the sources file: the canonical one, then mirrors.
    public var sources: [String: [String]] = [:]
    /// Addresses of a registry by its host in image names, as for `sources`.
    public var registryMirrors: [String: [String]] = [:]
    /// Apt sources for host packages: lines, or paths of files that have such.
    public var aptSources: [String] = []
    /// Paths of keyrings for sources that name none.
    public var aptKeyrings: [String] = []
    /// `20260101T000000Z`: the archives as they were then.
    public var aptSnapshot: String?
    /// Further host packages: `chrony`, or `chrony=4.3-2`.
    public var packages: [String] = []

    public init() {}

    /// This with what options say over it.
    ///
    /// A single value, the architectures, the operating systems, apt's sources and keyrings are replaced; an add-on,
    /// and the addresses of one name, replace those of the same name; every other list is added to.
    public func overridden(by options: RequestFile) -> RequestFile {
        var result = self
        result.kubernetes = options.kubernetes ?? kubernetes
        result.containerd = options.containerd ?? containerd
        result.runc = options.runc ?? runc
        result.cniPlugins = options.cniPlugins ?? cniPlugins
        result.crictl = options.crictl ?? crictl
        result.network = options.network ?? network
        if !options.architectures.isEmpty { result.architectures = options.architectures }
        if !options.osReleases.isEmpty { result.osReleases = options.osReleases }
        if !options.aptSources.isEmpty { result.aptSources = options.aptSources }
        if !options.aptKeyrings.isEmpty { result.aptKeyrings = options.aptKeyrings }
        result.aptSnapshot = options.aptSnapshot ?? aptSnapshot
        result.packages += options.packages
        let replaced = Set(options.addOns.map(\.name))
        result.addOns = addOns.filter { !replaced.contains($0.name) } + options.addOns
        result.images += options.images
        result.imageLists += options.imageLists
        result.originalLayers += options.originalLayers
        result.manifests += options.manifests
        result.charts += options.charts
        result.allowUntested = allowUntested || options.allowUntested
        result.sources.merge(options.sources) { _, new in new }
        result.registryMirrors.merge(options.registryMirrors) { _, new in new }
        return result
    }

    /// One request for each architecture, by their names. `amd64` where nothing else is said.
    ///
    /// - Throws: `BundleBuildError.badOption` without a Kubernetes version, `.unknownSelection`, `.unknownVersion`.
    public func requests(_ matrix: VersionMatrix) throws(BundleBuildError) -> [BuildRequest] {
        guard let selected = self.kubernetes else {
            throw .badOption("--k8s", value: "", expected: "a version, a line or 'stable'")
        }
        let kubernetes = try matrix.kubernetes(selected: selected)
        var request = BuildRequest(
            kubernetes: kubernetes, cni: network ?? .bridge, addOns: addOns, charts: charts, manifests: manifests,
            imageLists: imageLists, osReleases: Set(osReleases).sorted(), extraImages: images,
            originalLayers: originalLayers, allowUntested: allowUntested)
        if let containerd {
            request.containerd = try matrix.containerd(selected: containerd, kubernetes: kubernetes)
        }
        if let runc { request.runc = try matrix.version(selected: runc, of: "runc", in: matrix.runc) }
        if let cniPlugins {
            request.cniPlugins = try matrix.version(selected: cniPlugins, of: "CNI plugins", in: matrix.cniPlugins)
        }
        if let crictl { request.crictl = try matrix.version(selected: crictl, of: "crictl", in: matrix.crictl) }
        let wanted: [CPUArchitecture] =
            architectures.isEmpty ? [.amd64] : Set(architectures).sorted { $0.rawValue < $1.rawValue }
        return wanted.map { architecture in
            var one = request
            one.architecture = architecture
            return one
        }
    }
}
