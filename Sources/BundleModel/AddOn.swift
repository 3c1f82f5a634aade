/// Something that a bundle brings into the cluster beside Kubernetes and the pod network.
public struct AddOn: Codable, Hashable, Sendable {
    /// The version of what is the operator's own: a chart or a manifest that was a local file.
    public static let localVersion = "local"

    public var name: String
    /// As upstream writes it, without a leading `v`.
    public var version: String
    /// Manifests to apply on the first master, as absolute paths on the node after unpacking, in order.
    public var manifests: [String]

    public init(name: String, version: String, manifests: [String]) {
        self.name = name
        self.version = version
        self.manifests = manifests
    }
}
