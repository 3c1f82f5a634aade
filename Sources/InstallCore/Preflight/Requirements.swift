import BundleModel

/// What an installation needs of a node.
struct Requirements: Hashable, Sendable {
    var role: NodeRole
    var architecture: CPUArchitecture
    var kubernetes: SemanticVersion
    /// Operating systems that the bundle has packages for; `debian-12`.
    var osReleases: [String]
    /// Seconds since 1970; a clock before it is wrong.
    var createdAt: UInt64
    /// Bytes that will be written, by folder.
    var bytes: [String: UInt64]
    var requestedIP: IPv4Address?
    /// Whether that is the address which an earlier run took.
    var isInstalledIP = false
    var podCIDR: IPv4Block
    var serviceCIDR: IPv4Block
    /// False on a node that joins: its cluster has not said yet which networks it uses.
    var knowsNetworks = true
    var masterMemoryMB = 1700
    var workerMemoryMB = 900
    var masterCPUs = 2
    var tolerate: Set<String> = []
    /// Host tools that the bundle's packages bring.
    var bundledTools: Set<String> = []

    /// 4.14 is the oldest kernel that kubeadm's own checks name for these releases.
    static let oldestKernel = (4, 14)
}
