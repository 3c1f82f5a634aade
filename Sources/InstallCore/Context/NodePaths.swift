/// Where things are on a node.
public enum NodePaths {
    public static let state = "/var/lib/node-install"
    public static let journal = "/var/lib/node-install/journal"
    public static let lock = "/var/lib/node-install/lock"
    public static let content = "/var/lib/node-install/content"
    public static let installed = "/var/lib/node-install/installed.json"
    public static let trust = "/var/lib/node-install/trust.json"
    public static let masters = "/var/lib/node-install/masters.json"
    static let appliedManifests = "/var/lib/node-install/applied-manifests.json"
    public static let packages = "/var/lib/node-install/packages"
    public static let log = "/var/log/node-install.log"
    public static let executable = "/usr/local/sbin/node-install"
    public static let configuration = "/etc/node-install"
    public static let trustedKeys = "/etc/node-install/trusted-keys.d"
    public static let revokedKeys = "/etc/node-install/revoked-keys.d"
    /// The last signed statement about keys that was obeyed, by signer.
    public static let statements = "/etc/node-install/statements.json"
    /// There only while kubeadm runs: it may hold a token.
    public static let kubeadmConfiguration = "/var/lib/node-install/kubeadm.yaml"

    /// kubectl would otherwise leave one in root's home.
    static let kubectlCache = "/var/lib/node-install/kubectl-cache"
    static let adminConf = "/etc/kubernetes/admin.conf"
    static let kubeletConf = "/etc/kubernetes/kubelet.conf"
    static let units = "/etc/systemd/system"
    static let wantedUnits = "/etc/systemd/system/multi-user.target.wants"
    static let containerdSocket = "unix:///run/containerd/containerd.sock"
    static let bridgeConflist = "/etc/cni/net.d/10-kubeferry.conflist"
    static let cniBinaries = "/opt/cni/bin"

    /// An executable of the `node` pack.
    static func binary(_ name: String) -> String { "/usr/local/bin/\(name)" }
}
