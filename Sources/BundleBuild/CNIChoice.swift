public import BundleModel

/// `bridge`, `calico`, `calico@3.30.7` or `none`.
public enum CNIChoice: Hashable, Sendable {
    case bridge
    /// Nil: the newest release that is tested with the Kubernetes line.
    case calico(SemanticVersion?)
    case none

    /// - Throws: `BundleBuildError.badOption`, `VersionError`.
    public init(_ text: String) throws {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        switch (halves.first, halves.count) {
        case ("bridge", 1): self = .bridge
        case ("none", 1): self = .none
        case ("calico", 1): self = .calico(nil)
        case ("calico", 2): self = .calico(try SemanticVersion(halves[1]))
        default:
            throw BundleBuildError.badOption("--cni", value: text, expected: "bridge, calico, calico@VERSION or none")
        }
    }
}
