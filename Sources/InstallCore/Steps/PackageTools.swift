/// Which package brings which host tool, on Debian and its kin.
enum PackageTools {
    static let byPackage: [String: Set<String>] = [
        "conntrack": ["conntrack"], "iptables": ["iptables"], "iproute2": ["ip", "tc"], "ethtool": ["ethtool"],
        "socat": ["socat"], "ebtables": ["ebtables"], "kmod": ["modprobe"], "util-linux": ["nsenter"],
        "mount": ["mount", "umount"],
    ]

    /// - Parameter file: `conntrack_1.4.7-1+b2_amd64.deb`.
    static func packageName(_ file: String) -> String {
        String((file.split(separator: "/").last ?? "").prefix { $0 != "_" })
    }
}
