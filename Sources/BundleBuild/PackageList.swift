import BundleModel

/// `packages.json` of a packages pack: what to install, in one call of dpkg.
struct PackageList: Codable {
    struct Package: Codable {
        var name: String
        var version: String
        /// The member's name in the pack.
        var file: String
    }

    var packages: [Package]

    /// `iptables_1.8.9-2_amd64.deb`, without the epoch, as archives name their files.
    static func fileName(_ package: ObtainedPackage, architecture: CPUArchitecture) -> String {
        let version = package.version.split(separator: ":", maxSplits: 1).last ?? ""
        return "\(package.name)_\(version)_\(architecture.rawValue).deb"
    }
}
