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
    /// Names of running container runtimes that are not ours, with their paths.
    var foreignRuntimes: [String] = []
    /// Files of another cluster that exist.
    var clusterFiles: [String] = []
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
        "docker.service", "crio.service", "cri-docker.service", "k3s.service", "rke2-server.service",
        "firewalld.service",
        "ufw.service", "NetworkManager.service", "nm-cloud-setup.timer", "nm-cloud-setup.service",
    ]
    static let neededModules = ["overlay", "br_netfilter", "nf_conntrack"]
    static let masterPorts = [6443, 10250, 10257, 10259, 2379, 2380, 7443, 7444]
    static let workerPorts = [10250, 7443]
    static let neededTools = ["conntrack", "iptables", "ip", "mount", "umount", "modprobe", "nsenter"]
    static let usefulTools = ["ethtool", "socat", "tc", "ebtables"]
}
