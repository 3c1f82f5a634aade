import BundleModel
import Signing

/// One thing that a bundle installs.
struct SBOMComponent: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case program
        case file
        case osPackage
        case image
    }

    /// Unique in the list; letters, digits, `.` and `-`.
    let id: String
    let kind: Kind
    let name: String
    let version: String
    /// SPDX expression; nil where nobody says.
    let license: String?
    /// Of a file, or of an image's manifest.
    let sha256: SHA256Digest
    let purl: String
    /// Where it was fetched from, if that is an address.
    let source: String?

    init(_ artifact: Artifact, architecture: CPUArchitecture) {
        id = Self.id("artifact", artifact.name, unique: "\(artifact.name) \(artifact.osRelease ?? "")")
        // What else there is comes as an archive or as a program.
        kind = artifact.kind == .deb ? .osPackage : [.manifest, .chart].contains(artifact.kind) ? .file : .program
        name = artifact.name
        version = artifact.version
        license = ["", SBOM.unknownLicense].contains(artifact.license) ? nil : artifact.license
        sha256 = artifact.sha256
        source = artifact.source.contains("://") ? artifact.source : nil
        if artifact.kind == .deb, let release = artifact.osRelease {
            let all = artifact.source.hasSuffix("_all.deb")
            purl =
                PackageURL(
                    type: "deb", namespace: release.split(separator: "-").first.map(String.init) ?? release,
                    name: artifact.name, version: artifact.version,
                    qualifiers: ["arch": all ? "all" : architecture.rawValue, "distro": release]
                ).text
        } else {
            var qualifiers = ["checksum": artifact.sha256.description]
            if let source { qualifiers["download_url"] = source }
            purl =
                PackageURL(
                    type: "generic", name: artifact.name, version: artifact.version, qualifiers: qualifiers
                ).text
        }
    }

    init(_ image: LockedImage, architecture: CPUArchitecture, license: String?) {
        let reference = image.reference
        id = Self.id("image", reference.name, unique: reference.description)
        kind = .image
        name = reference.name
        version = reference.tag ?? image.digest.description
        self.license = license
        sha256 = image.manifest
        source = nil
        var qualifiers = ["arch": architecture.rawValue, "repository_url": reference.name]
        if let tag = reference.tag { qualifiers["tag"] = tag }
        purl =
            PackageURL(
                type: "oci",
                name: reference.repository.split(separator: "/").last.map(String.init) ?? reference.repository,
                version: image.manifest.description, qualifiers: qualifiers
            ).text
    }

    /// The head of the bundle, which stays on every node.
    init(nodeInstall sha256: SHA256Digest, version: SemanticVersion) {
        id = Self.id("artifact", "node-install", unique: "node-install")
        kind = .program
        name = "node-install"
        self.version = version.description
        license = "Apache-2.0"
        self.sha256 = sha256
        source = nil
        purl =
            PackageURL(
                type: "generic", name: name, version: self.version, qualifiers: ["checksum": sha256.description]
            ).text
    }

    /// Two names may differ in a character alone that ids do not have.
    private static func id(_ kind: String, _ name: String, unique: String) -> String {
        let clean = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                byte
            default: UInt8(ascii: "-")
            }
        }
        let mark = SHA256Hasher.hash(Array(unique.utf8)).hex.prefix(8)
        return "\(kind)-\(String(decoding: clean, as: UTF8.self))-\(mark)"
    }
}
