/// A manifest of the operator's own: a local file.
public struct PlannedManifest: Codable, Hashable, Sendable {
    /// The file's name without its extension; each once in a plan.
    public var name: String
    public var path: String
    /// False: the node has it and its images, and somebody else applies it.
    public var apply: Bool

    public init(name: String, path: String, apply: Bool = true) {
        self.name = name
        self.path = path
        self.apply = apply
    }

    /// Where it lies, under the node's root.
    public var target: String { "\(ArtifactCatalog.manifestFolder)/local/\(name).yaml" }
}
