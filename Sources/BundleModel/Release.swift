/// The versions that a bundle installs, and what follows from them on a node.
public struct Release: Codable, Hashable, Sendable {
    public var kubernetes: SemanticVersion
    public var containerd: SemanticVersion
    public var runc: SemanticVersion
    public var cniPlugins: SemanticVersion
    public var crictl: SemanticVersion
    /// `v1beta2`, `v1beta3` or `v1beta4`: the configuration API that this kubeadm is given.
    public var kubeadmAPI: KubeadmAPI
    /// The registry prefix that kubeadm's images carry: `registry.k8s.io`, before 1.25 `k8s.gcr.io`.
    public var imageRepository: String
    /// What `kubeadm config images list` printed, sorted.
    public var controlPlaneImages: [ImageReference]
    /// containerd's sandbox image; one of `controlPlaneImages`.
    public var sandboxImage: ImageReference
    public var cni: CNI
    /// In the order in which they are applied; nil for a bundle without any.
    public var addOns: [AddOn]?

    public init(
        kubernetes: SemanticVersion, containerd: SemanticVersion, runc: SemanticVersion, cniPlugins: SemanticVersion,
        crictl: SemanticVersion, kubeadmAPI: KubeadmAPI, imageRepository: String,
        controlPlaneImages: [ImageReference], sandboxImage: ImageReference, cni: CNI,
        addOns: [AddOn]? = nil
    ) {
        self.kubernetes = kubernetes
        self.containerd = containerd
        self.runc = runc
        self.cniPlugins = cniPlugins
        self.crictl = crictl
        self.kubeadmAPI = kubeadmAPI
        self.imageRepository = imageRepository
        self.controlPlaneImages = controlPlaneImages
        self.sandboxImage = sandboxImage
        self.cni = cni
        self.addOns = addOns
    }
}
