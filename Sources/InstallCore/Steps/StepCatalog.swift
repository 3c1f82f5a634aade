public import BundleModel

/// The steps in order.
public enum StepCatalog {
    static let all: [any Step] = [
        HostPackagesStep(), BinariesStep(), SystemStep(), ContainerdStep(), ImagesStep(), KubeletUnitStep(),
        APIProxyStep(), KubeadmInitStep(), KubeadmJoinStep(), ClusterObjectsStep(), PodNetworkStep(),
        JoinServiceStep(), AddOnsStep(), ReadyStep(),
    ]

    /// A step as `node-install steps` lists it.
    public struct Listing: Codable, Hashable, Sendable {
        public var name: String
        /// Nodes that have the step.
        public var roles: [NodeRole]
        /// Whether it also depends on the bundle: a test that kills there first looks at the dry run.
        public var isOptional: Bool
        /// Values of NODE_INSTALL_KILL_AT, in the order in which they are reached.
        public var boundaries: [String]
    }

    public static var listings: [Listing] {
        all.map { step in
            Listing(
                name: step.name, roles: step.roles, isOptional: step.isOptional,
                boundaries: ["\(step.name):begin"] + step.boundaries + ["\(step.name):applied", "\(step.name):done"])
        }
    }

    /// Where reset may be killed.
    public static var resetBoundaries: [String] {
        all.reversed().map { "reset:\($0.name)" } + ["reset:record", "reset:state"]
    }
}
