/// The pod network that a bundle brings.
public struct CNI: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// The bridge plugin on every node, with routes between nodes kept by node-install.
        case bridge
        /// Calico's manifest, applied from the bundle.
        case calico
        /// Cilium's chart, rendered when the bundle was made.
        case cilium
        /// Flannel's manifest, applied from the bundle.
        case flannel
        /// The operator brings one; the node stays NotReady until then.
        case none
    }

    public var kind: Kind
    /// Nil for bridge and none.
    public var version: SemanticVersion?
    /// Manifests to apply, as absolute paths on the node after unpacking, in order.
    public var manifests: [String]

    public init(kind: Kind, version: SemanticVersion? = nil, manifests: [String] = []) {
        self.kind = kind
        self.version = version
        self.manifests = manifests
    }
}
