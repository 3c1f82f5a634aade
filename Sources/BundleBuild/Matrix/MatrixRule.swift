/// A rule of the matrix that a combination can break. The name is part of the error and of bundle-spec/README.md.
public enum MatrixRule: String, CaseIterable, Sendable, Codable {
    /// Each Kubernetes line has a lowest patch for each containerd line that it supports.
    case containerdMinimum = "containerd-minimum"
    /// A Calico line is tested with certain Kubernetes lines.
    case calicoTested = "calico-tested-kubernetes"
    /// An add-on, or a network that comes as one, is tested with certain Kubernetes lines.
    case addOnTested = "add-on-tested-kubernetes"
    /// crictl is released with the minor number of Kubernetes and may be one older.
    case crictlMinor = "crictl-same-minor"
    /// Host packages are resolved for the operating system releases that are tested.
    case operatingSystem = "operating-system"

    /// Whether `--allow-untested` lets it pass: where upstream says untested, not impossible.
    public var canBeAllowed: Bool {
        switch self {
        case .containerdMinimum, .calicoTested, .addOnTested, .crictlMinor: true
        case .operatingSystem: false
        }
    }
}
