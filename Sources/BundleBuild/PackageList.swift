import Archive
import BundleModel
import FoundationEssentials
import SystemPackage

/// `packages.json` of a packages pack: what to install, in one call of dpkg for each stage.
struct PackageList: Codable {
    struct Package: Codable {
        var name: String
        var version: String
        /// The member's name in the pack.
        var file: String
        /// Nil for the first. What a package pre-depends on is in an earlier one.
        var stage: Int?
    }

    /// Each after those that it needs.
    var packages: [Package]

    /// The folder of packages that are there only because somebody asked for more than every node needs.
    static let extraFolder = "extra"

    /// - Parameter packages: what each file says of itself. Made from nothing else, a remake's list is the same.
    init(_ packages: [PackageRecord], osRelease: String, architecture: CPUArchitecture) throws(BundleBuildError) {
        let common = try Self.common(packages, osRelease: osRelease)
        self.packages = try InstallOrder.arrange(packages).map { package, stage in
            let name = Self.fileName(package, architecture: architecture)
            return Package(
                name: package.name, version: package.version,
                file: common.contains(package.name) ? name : "\(Self.extraFolder)/\(name)",
                stage: stage == 0 ? nil : stage)
        }
    }

    /// The packages and the list of them. Reads the files; blocks.
    ///
    /// - Throws: `BundleBuildError.badPackage`, `.packageConflict`.
    static func members(
        of packages: [ObtainedPackage], osRelease: String, architecture: CPUArchitecture
    ) throws -> [PackSource] {
        var files: [String: FilePath] = [:]
        var records: [PackageRecord] = []
        for package in packages {
            files[package.name] = package.file.path
            records.append(try DebFile(path: package.file.path, source: package.file.source).record())
        }
        let list = try PackageList(records, osRelease: osRelease, architecture: architecture)
        let members = list.packages.compactMap { package in
            files[package.name].map { PackSource.file(path: package.file, mode: 0o644, source: $0) }
        }
        return members + [
            .bytes(path: "packages.json", mode: 0o644, content: Array(try CanonicalJSON.encode(list)))
        ]
    }

    /// The packages that every node needs, with what they need of the others.
    private static func common(_ packages: [PackageRecord], osRelease: String) throws(BundleBuildError) -> Set<String> {
        let all = PackageSet(packages)
        var open = (OSRelease.find(osRelease)?.hostPackages ?? []).compactMap { all[$0] }
        var found = Set(open.map(\.name))
        while let package = open.popLast() {
            for relation in try package.needs().flatMap(\.alternatives) {
                for other in all.meeting(relation) where found.insert(other.name).inserted { open.append(other) }
            }
        }
        return found
    }

    /// `iptables_1.8.9-2_amd64.deb`, without the epoch, as archives name their files.
    private static func fileName(_ package: PackageRecord, architecture: CPUArchitecture) -> String {
        let version = package.version.split(separator: ":", maxSplits: 1).last ?? ""
        return "\(package.name)_\(version)_\(architecture.rawValue).deb"
    }
}
