public import BundleModel

/// One minor release of Calico.
public struct CalicoLine: Codable, Hashable, Sendable {
    /// `3.30`
    public var line: String
    public var status: TestStatus
    /// Kubernetes lines of its requirements page.
    public var testedKubernetes: [String]
    public var releases: [Release]
    public var sources: [String]
    public var unverified: [String]

    /// One patch, with the images that its calico.yaml names.
    public struct Release: Codable, Hashable, Sendable {
        public var version: SemanticVersion
        /// `docker.io/calico`
        public var repository: String
        /// Where it differs from the version: some manifests name another release's images.
        public var imageTag: String?

        /// The three images of calico.yaml. The manifest itself decides; this is what a plan shows before it is fetched.
        public func images() throws(ImageReferenceError) -> [ImageReference] {
            try ["cni", "kube-controllers", "node"].map { name throws(ImageReferenceError) in
                try ImageReference("\(repository)/\(name):\(imageTag ?? version.tag)")
            }
        }
    }
}
