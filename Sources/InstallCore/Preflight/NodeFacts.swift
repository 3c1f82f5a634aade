import BundleModel

/// What a node is like, gathered once; everything that preflight decides, it decides from this.
struct NodeFacts: Hashable, Sendable {
    struct Listener: Hashable, Sendable {
        var port: Int
        /// The name of the process that listens; nil where it cannot be seen.
        var process: String?
    }

    struct Interface: Hashable, Sendable {
        var name: String
        var address: IPv4Address
    }

    struct Volume: Hashable, Sendable {
        /// The folder that was asked about.
        var path: String
        /// The same number for folders of one file system.
        var device: UInt64
        var freeBytes: UInt64
        var isNoExec: Bool
        var type: String
        /// Bytes of what the bundle puts there that an earlier run has put there already.
        var heldBytes: UInt64 = 0
    }

    var uid: UInt32 = 0
    var machine = ""
    /// `debian-12`
    var osRelease = ""
    var kernel = ""
    /// 1 or 2; 0 where no cgroup file system is mounted.
    var cgroupVersion = 0
    var memoryMB = 0
    var cpus = 0
    var hostName = ""
    var defaultRouteInterface: String?
    var interfaces: [Interface] = []
    var volumes: [Volume] = []
    var listeners: [Listener] = []
    var swapDevices: [String] = []
    /// Units among the watched ones that are active.
    var activeUnits: Set<String> = []
    /// Runtimes' units that are active or will be after the next boot.
    var runtimeUnits: Set<String> = []
    /// Names of running container runtimes that are not ours, with their paths.
    var foreignRuntimes: [String] = []
    /// A file of a container runtime's store that is not ours; whether it runs does not matter.
    var foreignStore: String?
    /// Files of another cluster that exist.
    var clusterFiles: [String] = []
    /// Folders of the installation, or above them, that are symbolic links, with their targets.
    var linkedFolders: [String: String] = [:]
    var selinuxEnforcing = false
    /// Modules among the needed ones that are neither there nor loadable.
    var missingModules: [String] = []
    var missingTools: [String] = []
    /// Seconds since 1970.
    var now: UInt64 = 0
    var productUUID: String?
    var hasSystemd = true
    /// Whether the journal shows that this installation has begun here.
    var isOurs = false
    /// Whether our kubeadm has begun, so that its ports and files are our own.
    var isOurCluster = false

    static let watchedUnits = [
        "firewalld.service", "ufw.service", "NetworkManager.service", "nm-cloud-setup.timer",
        "nm-cloud-setup.service",
    ]
    /// What loads packet filter rules of the operator's own, whatever they are.
    static let ruleUnits = [
        "nftables.service", "netfilter-persistent.service", "iptables.service", "ip6tables.service",
    ]
    static let knownRuntimes = [
        "docker.service": "Docker", "docker.socket": "Docker", "crio.service": "CRI-O",
        "cri-docker.service": "cri-dockerd", "cri-docker.socket": "cri-dockerd", "k3s.service": "k3s",
        "k3s-agent.service": "k3s", "rke2-server.service": "RKE2", "rke2-agent.service": "RKE2",
    ]
    static let neededModules = ["overlay", "br_netfilter", "nf_conntrack"]
    static let masterPorts = [6443, 10248, 10250, 10257, 10259, 2379, 2380, 2381, 7443, 7444]
    static let workerPorts = [10248, 10250, 7443]
    static let neededTools = ["conntrack", "iptables", "ip", "mount", "umount", "modprobe", "nsenter"]
    static let usefulTools = ["ethtool", "socat", "tc", "ebtables"]
}
