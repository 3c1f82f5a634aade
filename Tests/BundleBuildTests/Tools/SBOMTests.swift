import Archive
import BundleBuild
import BundleModel
import FoundationEssentials
import Payload
import Signing
import SystemPackage
import Testing

/// The fields that SPDX 2.3 and CycloneDX 1.6 want, each with what the lock says.
struct SBOMTests {
    private struct SPDX: Decodable {
        struct Package: Decodable {
            struct Checksum: Decodable {
                var algorithm: String
                var checksumValue: String
            }

            struct Reference: Decodable {
                var referenceCategory: String
                var referenceType: String
                var referenceLocator: String
            }

            var id: String
            var name: String
            var versionInfo: String
            var downloadLocation: String
            var filesAnalyzed: Bool
            var licenseDeclared: String
            var copyrightText: String
            var checksums: [Checksum]?
            var externalRefs: [Reference]?

            enum CodingKeys: String, CodingKey {
                case id = "SPDXID"
                case name, versionInfo, downloadLocation, filesAnalyzed, licenseDeclared, copyrightText, checksums
                case externalRefs
            }
        }

        struct Creation: Decodable {
            var created: String
            var creators: [String]
        }

        struct Relationship: Decodable {
            var spdxElementId: String
            var relationshipType: String
            var relatedSpdxElement: String
        }

        struct Extracted: Decodable {
            var licenseId: String
            var extractedText: String
        }

        var spdxVersion: String
        var dataLicense: String
        var id: String
        var name: String
        var documentNamespace: String
        var creationInfo: Creation
        var packages: [Package]
        var relationships: [Relationship]
        var hasExtractedLicensingInfos: [Extracted]

        enum CodingKeys: String, CodingKey {
            case spdxVersion, dataLicense
            case id = "SPDXID"
            case name, documentNamespace, creationInfo, packages, relationships, hasExtractedLicensingInfos
        }
    }

    private struct CycloneDX: Decodable {
        struct Component: Decodable {
            struct License: Decodable { var expression: String }
            struct Hash: Decodable {
                var alg: String
                var content: String
            }

            var type: String
            var name: String
            var version: String
            var purl: String
            var licenses: [License]?
            var hashes: [Hash]
        }

        struct Metadata: Decodable { var timestamp: String }

        var bomFormat: String
        var specVersion: String
        var serialNumber: String
        var version: Int
        var metadata: Metadata
        var components: [Component]
    }

    private static let types = ["application", "library", "file", "container"]

    private func index(_ change: (inout BundleIndex) -> Void = { _ in }) throws -> BundleIndex {
        let pause = try ImageReference("registry.k8s.io/pause:3.10")
        let app = try ImageReference("registry.example/team/app:1@sha256:\(String(repeating: "a", count: 64))")
        let release = Release(
            kubernetes: SemanticVersion(1, 33, 6), containerd: SemanticVersion(2, 1, 5), runc: SemanticVersion(1, 3, 3),
            cniPlugins: SemanticVersion(1, 8, 0), crictl: SemanticVersion(1, 33, 0), kubeadmAPI: .v1beta4,
            imageRepository: "registry.k8s.io", controlPlaneImages: [pause], sandboxImage: pause,
            cni: CNI(kind: .bridge))
        func digest(_ text: String) -> SHA256Digest { SHA256Hasher.hash(Array(text.utf8)) }
        func image(_ reference: ImageReference) -> LockedImage {
            LockedImage(
                reference: reference, digest: digest("i"), mediaType: .index, manifest: digest("m"), size: 1,
                roles: NodeRole.allCases, source: "https://registry.example")
        }
        let artifacts = [
            Artifact(
                name: "iptables", kind: .deb, version: "2:1.8.9-2", source: "http://127.0.0.1/iptables_amd64.deb",
                license: "LicenseRef-debian-copyright", size: 3, sha256: digest("d"),
                proof: UpstreamProof(kind: .signedPackageIndex, source: ""), osRelease: "debian-12"),
            Artifact(
                name: "kubelet", kind: .binary, version: "1.33.6", source: "https://upstream.example/v1.33.6/kubelet",
                license: "Apache-2.0", size: 3, sha256: digest("k"),
                proof: UpstreamProof(kind: .publishedChecksum, source: "")),
        ]
        var index = BundleIndex(
            productLine: "kubernetes", sequence: 1, createdAt: "2026-01-31T12:00:00Z", releaseID: digest("r"),
            architecture: .amd64, release: release, head: nil,
            lock: Lock(
                tools: Lock.Tools(
                    bundler: SemanticVersion(0, 1, 0), nodeInstall: digest("n"), libzstd: "1.5.4", libarchive: "3.6.2"),
                compression: Compression(), artifacts: artifacts, images: [image(app), image(pause)]),
            packs: [])
        change(&index)
        return index
    }

    private func sbom(_ index: BundleIndex) -> SBOM { SBOM(index, controlPlaneLicense: "Apache-2.0") }

    @Test func spdxNamesEverythingOnceWithLicenceDigestAndPurl() throws {
        let document = try CanonicalJSON.decode(SPDX.self, from: Data(sbom(index()).spdx()))
        #expect(document.spdxVersion == "SPDX-2.3" && document.dataLicense == "CC0-1.0")
        #expect(document.id == "SPDXRef-DOCUMENT" && document.name == "kubernetes 1.33.6")
        #expect(document.creationInfo.created == "2026-01-31T12:00:00Z")
        #expect(document.creationInfo.creators == ["Tool: kubeferry-bundler-0.1.0"])
        let uuid = document.documentNamespace
        #expect(uuid.hasPrefix("urn:uuid:") && uuid.split(separator: "-").map(\.count) == [17, 4, 4, 4, 12])
        let packages = document.packages
        let names = ["kubernetes", "node-install", "iptables", "kubelet", "registry.example/team/app"]
        #expect(packages.map(\.name) == names + ["registry.k8s.io/pause"])
        #expect(Set(packages.map(\.id)).count == packages.count)
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
        for package in packages {
            #expect(package.id.hasPrefix("SPDXRef-") && package.id.allSatisfy { allowed.contains($0) })
        }
        #expect(packages.allSatisfy { !$0.filesAnalyzed && $0.copyrightText == "NOASSERTION" })
        let licenses = packages.map(\.licenseDeclared)
        #expect(
            licenses == [
                "NOASSERTION", "Apache-2.0", "LicenseRef-debian-copyright", "Apache-2.0", "NOASSERTION", "Apache-2.0",
            ])
        #expect(document.hasExtractedLicensingInfos.map(\.licenseId) == ["LicenseRef-debian-copyright"])
        #expect(document.hasExtractedLicensingInfos.allSatisfy { !$0.extractedText.isEmpty })
        let digests = ["n", "d", "k", "m", "m"].map { SHA256Hasher.hash(Array($0.utf8)).hex }
        #expect(packages.dropFirst().compactMap { $0.checksums?.first?.checksumValue } == digests)
        #expect(packages.dropFirst().allSatisfy { $0.checksums?.first?.algorithm == "SHA256" })
        #expect(packages[3].downloadLocation == "https://upstream.example/v1.33.6/kubelet")
        #expect(packages[5].downloadLocation == "NOASSERTION")
        let contained = document.relationships.filter { $0.relationshipType == "CONTAINS" }
        #expect(contained.map(\.relatedSpdxElement) == packages.dropFirst().map(\.id))
        #expect(document.relationships.first?.relationshipType == "DESCRIBES")
        #expect(document.relationships.first?.relatedSpdxElement == packages[0].id)
        let (kubelet, manifest) = (digests[2], digests[3])
        #expect(
            packages.dropFirst(2).compactMap { $0.externalRefs?.first?.referenceLocator } == [
                "pkg:deb/debian/iptables@2:1.8.9-2?arch=amd64&distro=debian-12",
                "pkg:generic/kubelet@1.33.6?checksum=sha256:\(kubelet)"
                    + "&download_url=https:%2F%2Fupstream.example%2Fv1.33.6%2Fkubelet",
                "pkg:oci/app@sha256:\(manifest)?arch=amd64&repository_url=registry.example%2Fteam%2Fapp&tag=1",
                "pkg:oci/pause@sha256:\(manifest)?arch=amd64&repository_url=registry.k8s.io%2Fpause&tag=3.10",
            ])
        let references = packages.dropFirst().compactMap { $0.externalRefs?.first }
        #expect(
            references.allSatisfy { $0.referenceCategory == "PACKAGE-MANAGER" && $0.referenceType == "purl" })
    }

    @Test func cycloneDXSaysTheSame() throws {
        let document = try CanonicalJSON.decode(CycloneDX.self, from: Data(sbom(index()).cycloneDX()))
        #expect(document.bomFormat == "CycloneDX" && document.specVersion == "1.6" && document.version == 1)
        #expect(document.serialNumber.hasPrefix("urn:uuid:") && document.serialNumber.utf8.count == 9 + 36)
        #expect(document.metadata.timestamp == "2026-01-31T12:00:00Z")
        #expect(document.components.map(\.type) == ["application", "library", "application", "container", "container"])
        #expect(document.components.allSatisfy { Self.types.contains($0.type) && $0.purl.hasPrefix("pkg:") })
        #expect(document.components.allSatisfy { $0.hashes.first?.alg == "SHA-256" })
        #expect(
            document.components.map { $0.licenses?.first?.expression } == [
                "Apache-2.0", "LicenseRef-debian-copyright", "Apache-2.0", nil, "Apache-2.0",
            ])
    }

    @Test func aLicenceThatNobodySaysIsNoExpression() throws {
        // As a manifest of the operator's own has it.
        let changed = try index { $0.lock.artifacts[1].license = "NOASSERTION" }
        let cycloneDX = try CanonicalJSON.decode(CycloneDX.self, from: Data(sbom(changed).cycloneDX()))
        #expect(cycloneDX.components.first { $0.name == "kubelet" }?.licenses?.first?.expression == nil)
        let spdx = try CanonicalJSON.decode(SPDX.self, from: Data(sbom(changed).spdx()))
        #expect(spdx.packages.first { $0.name == "kubelet" }?.licenseDeclared == "NOASSERTION")
    }

    @Test func theSameLockGivesTheSameBytesAndAnotherOneAnotherName() throws {
        #expect(try sbom(index()).spdx() == sbom(index()).spdx())
        #expect(try sbom(index()).cycloneDX() == sbom(index()).cycloneDX())
        let one = try CanonicalJSON.decode(SPDX.self, from: Data(sbom(index()).spdx()))
        let two = try CanonicalJSON.decode(
            SPDX.self, from: Data(sbom(index { $0.lock.artifacts[1].version = "1.33.7" }).spdx()))
        #expect(one.documentNamespace != two.documentNamespace)
    }

    @Test(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
    func theListInABundleIsTheOneOfItsIndex() async throws {
        let made = try await MadeBundle()
        let bundle = try made.open()
        let node = try #require(bundle.index.packs.first { $0.content == .files })
        let member = try #require(node.members.first { $0.path == SBOM.path })
        let license = try VersionMatrix.embedded().imageLicense
        #expect(member.sha256 == SHA256Hasher.hash(try SBOM(bundle.index, controlPlaneLicense: license).spdx()))
    }
}
