public import BundleModel

/// One minor release of Kubernetes.
public struct KubernetesLine: Codable, Hashable, Sendable {
    public enum ControlGroupV1: String, Codable, Sendable {
        case supported
        /// Works, with a warning of kubeadm's preflight.
        case maintenance
        /// kubelet refuses to start there unless told otherwise.
        case refused
    }

    /// `1.33`
    public var line: String
    public var status: TestStatus
    /// What each patch's own kubeadm lists.
    public var images: [ImageRow]
    public var firstPatch: Int
    /// The newest patch known to be published.
    public var latestPatch: Int
    public var kubeadmAPI: KubeadmAPI
    public var acceptedKubeadmAPIs: [KubeadmAPI]
    public var cgroupV1: ControlGroupV1
    /// The oldest supported patch of each supported containerd line, ascending.
    public var containerdMinimums: [SemanticVersion]
    /// What a plan takes when nothing is asked for.
    public var containerd: SemanticVersion
    public var crictl: SemanticVersion
    public var cniPlugins: SemanticVersion
    /// Short names of `VersionMatrix.sources`.
    public var sources: [String]
    /// What is from memory or derived, in words.
    public var unverified: [String]

    public var patches: ClosedRange<Int> { firstPatch...max(firstPatch, latestPatch) }

    public func row(patch: Int) -> ImageRow? {
        images.first { ($0.from...$0.to).contains(patch) }
    }

    /// The images of a range of patches.
    public struct ImageRow: Codable, Hashable, Sendable {
        public var from: Int
        public var to: Int
        /// `registry.k8s.io`
        public var repository: String
        /// Tag: `3.5.24-0`.
        public var etcd: String
        /// Below the repository, with its tag: `coredns/coredns:v1.12.0`.
        public var coredns: String
        /// Tag.
        public var pause: String
        /// True where the tags were derived, not seen: then kubeadm's own list decides alone.
        public var unverified: Bool?

        public init(
            from: Int, to: Int, repository: String, etcd: String, coredns: String, pause: String,
            unverified: Bool? = nil
        ) {
            self.from = from
            self.to = to
            self.repository = repository
            self.etcd = etcd
            self.coredns = coredns
            self.pause = pause
            self.unverified = unverified
        }

        /// In the order that kubeadm prints them up to 1.28; an order nothing depends on.
        public func references(kubernetes: SemanticVersion) throws(ImageReferenceError) -> [ImageReference] {
            let components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]
            let names =
                components.map { "\($0):\(kubernetes.tag)" } + ["pause:\(pause)", "etcd:\(etcd)", coredns]
            return try names.map { name throws(ImageReferenceError) in try ImageReference("\(repository)/\(name)") }
        }
    }
}
