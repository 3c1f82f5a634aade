public import BundleModel

/// An image to pull.
public struct PlannedImage: Codable, Hashable, Sendable {
    public var reference: ImageReference
    /// Which nodes load it.
    public var roles: [NodeRole]

    public init(reference: ImageReference, roles: [NodeRole]) {
        self.reference = reference
        self.roles = roles
    }

    /// Images of the control plane go to masters only.
    public static func roles(of reference: ImageReference) -> [NodeRole] {
        switch reference.repository.split(separator: "/").last {
        case "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd": [.master]
        default: NodeRole.allCases
        }
    }
}
