import BundleModel

/// `bridge`, `none`, or a network with or without a version: `calico`, `calico@3.30`, `cilium@1.18.4`.
public enum CNIChoice: Hashable, Sendable {
    case bridge
    /// Nil: the newest release that is tested with the Kubernetes line.
    case calico(VersionSelector?)
    /// A network of the add-ons' data.
    case addOn(AddOnChoice)
    case none

    /// - Parameter option: for messages.
    /// - Throws: `BundleBuildError.badOption`, `VersionError`.
    public init(_ text: String, option: String = "--cni") throws {
        let choice = try AddOnChoice(text, option: option)
        switch (CNI.Kind(rawValue: choice.name), choice.version) {
        case (.bridge, nil): self = .bridge
        case (.none?, nil): self = .none
        case (.calico, let version): self = .calico(try version.map { try VersionSelector($0) })
        case (.cilium, _), (.flannel, _): self = .addOn(choice)
        default:
            let names = CNI.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw BundleBuildError.badOption(
                option, value: text, expected: "one of \(names); all but bridge and none also as NAME@VERSION")
        }
    }
}
