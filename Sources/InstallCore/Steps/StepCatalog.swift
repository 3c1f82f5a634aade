/// The steps in order.
public enum StepCatalog {
    static let all: [any Step] = [
        HostPackagesStep(), BinariesStep(), SystemStep(), ContainerdStep(), ImagesStep(), KubeletUnitStep(),
        APIProxyStep(), KubeadmInitStep(), KubeadmJoinStep(), ClusterObjectsStep(), PodNetworkStep(),
        JoinServiceStep(), ReadyStep(),
    ]

    /// A step as `node-install steps` lists it.
    public struct Listing: Codable, Hashable, Sendable {
        public var name: String
        /// Values of NODE_INSTALL_KILL_AT, in the order in which they are reached.
        public var boundaries: [String]
    }

    public static var listings: [Listing] {
        all.map { step in
            Listing(
                name: step.name,
                boundaries: ["\(step.name):begin"] + step.boundaries + ["\(step.name):applied", "\(step.name):done"])
        }
    }

    /// Where reset may be killed.
    public static var resetBoundaries: [String] {
        all.reversed().map { "reset:\($0.name)" } + ["reset:record", "reset:state"]
    }
}
