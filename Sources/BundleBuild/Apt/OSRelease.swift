/// A release of an operating system that bundles carry host packages for.
public struct OSRelease: Hashable, Sendable {
    /// `debian-12`: ID and VERSION_ID of its /etc/os-release.
    public let id: String
    /// What its archive calls it: `bookworm`.
    public let codename: String
    /// Who makes it: `debian`, `ubuntu`.
    public let distribution: String
    /// Names of the keyrings that its archive is usually checked with, below /usr/share/keyrings.
    public let keyrings: [String]
    /// Names that it gives to the programs that kubeadm, kubelet and kube-proxy call.
    public let hostPackages: [String]

    /// Every release that packages can be gathered for, oldest first.
    public static let all = [
        debian("11", "bullseye"), debian("12", "bookworm"), debian("13", "trixie"),
        ubuntu("22.04", "jammy"), ubuntu("24.04", "noble"),
    ]

    /// - Parameter id: `debian-12`.
    public static func find(_ id: String) -> OSRelease? {
        all.first { $0.id == id }
    }

    private static func debian(_ version: String, _ codename: String) -> OSRelease {
        OSRelease(
            id: "debian-\(version)", codename: codename, distribution: "debian",
            keyrings: ["debian-archive-keyring.gpg", "debian-archive-keyring.pgp"],
            hostPackages: ["conntrack", "ebtables", "ethtool", "ipset", "iptables", "socat"])
    }

    private static func ubuntu(_ version: String, _ codename: String) -> OSRelease {
        OSRelease(
            id: "ubuntu-\(version)", codename: codename, distribution: "ubuntu",
            keyrings: ["ubuntu-archive-keyring.gpg"],
            hostPackages: ["conntrack", "ebtables", "ethtool", "ipset", "iptables", "socat"])
    }
}
