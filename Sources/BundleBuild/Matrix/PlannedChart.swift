/// A Helm chart that is rendered when the bundle is made. The node gets one manifest of it, and needs no helm.
public struct PlannedChart: Codable, Hashable, Sendable {
    /// The release's name.
    public var name: String
    public var namespace: String
    /// The `PlannedArtifact` of kind `.chart`; nil for a local one.
    public var artifact: String?
    /// A local packed chart or a chart's folder; nil for an artifact.
    public var path: String?
    /// Local files of values, later ones over earlier ones.
    public var values: [String]
    /// Values by their path, `image.tag`, over those of files.
    public var settings: [String: String]

    public init(
        name: String, namespace: String, artifact: String? = nil, path: String? = nil, values: [String] = [],
        settings: [String: String] = [:]
    ) {
        self.name = name
        self.namespace = namespace
        self.artifact = artifact
        self.path = path
        self.values = values
        self.settings = settings
    }

    /// Where the rendered manifest lies, under the node's root.
    public var target: String { "\(ArtifactCatalog.manifestFolder)/charts/\(name).yaml" }
}
