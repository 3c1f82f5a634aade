/// A version of kubeadm's configuration API.
public enum KubeadmAPI: String, Codable, CaseIterable, Sendable {
    case v1beta2
    case v1beta3
    case v1beta4
}
