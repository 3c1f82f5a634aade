public import BundleModel
import FoundationEssentials
import Signing

/// A list of everything that a bundle installs, with licences, digests and purls, made of its lock alone. The same lock
/// gives the same bytes.
public struct SBOM: Sendable {
    /// Where the SPDX form stands on every node, relative to its root.
    public static let path = "usr/local/share/kubeferry/sbom.spdx.json"
    /// Where nobody said which licence it is.
    static let unknownLicense = "NOASSERTION"

    /// `kubernetes`
    let name: String
    /// `1.33.6`
    let version: String
    /// RFC 3339, UTC.
    let createdAt: String
    let bundler: SemanticVersion
    let components: [SBOMComponent]

    /// - Parameter controlPlaneLicense: SPDX expression for the images of the control plane, which are programs of one
    ///   project. Nobody says it for other images.
    public init(
        lock: Lock, release: Release, architecture: CPUArchitecture, productLine: String, createdAt: String,
        controlPlaneLicense: String?
    ) {
        name = productLine
        version = release.kubernetes.description
        self.createdAt = createdAt
        bundler = lock.tools.bundler
        let head = lock.tools.nodeInstall.map { SBOMComponent(nodeInstall: $0, version: lock.tools.bundler) }
        let artifacts = lock.artifacts.map { SBOMComponent($0, architecture: architecture) }
        let images = lock.images.map { image in
            let isControlPlane = release.controlPlaneImages.contains(image.reference)
            return SBOMComponent(
                image, architecture: architecture, license: isControlPlane ? controlPlaneLicense : nil)
        }
        components = (head.map { [$0] } ?? []) + artifacts + images
    }

    /// Of a bundle that was made.
    public init(_ index: BundleIndex, controlPlaneLicense: String?) {
        self.init(
            lock: index.lock, release: index.release, architecture: index.architecture,
            productLine: index.productLine, createdAt: index.createdAt, controlPlaneLicense: controlPlaneLicense)
    }

    /// SPDX 2.3 as JSON.
    public func spdx() throws -> [UInt8] {
        // The document's own name follows from what it says.
        let draft = Array(try CanonicalJSON.encode(SPDXDocument(self, namespace: "")))
        let document = SPDXDocument(self, namespace: Self.uuid(of: draft))
        return Array(try CanonicalJSON.encode(document))
    }

    /// CycloneDX 1.6 as JSON.
    public func cycloneDX() throws -> [UInt8] {
        let draft = Array(try CanonicalJSON.encode(CycloneDXDocument(self, serialNumber: "")))
        let document = CycloneDXDocument(self, serialNumber: Self.uuid(of: draft))
        return Array(try CanonicalJSON.encode(document))
    }

    /// RFC 9562's version 8: of bytes that a digest gives.
    private static func uuid(of bytes: [UInt8]) -> String {
        var digest = Array(SHA256Hasher.hash(bytes).bytes.prefix(16))
        digest[6] = digest[6] & 0x0f | 0x80
        digest[8] = digest[8] & 0x3f | 0x80
        let hex = Array(Hex.encode(digest).utf8)
        let groups = [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
        return "urn:uuid:" + groups.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }
}
