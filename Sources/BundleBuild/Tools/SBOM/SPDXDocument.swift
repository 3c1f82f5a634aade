import BundleModel

/// SPDX 2.3, as far as an SBOM needs it. Field names are SPDX's.
struct SPDXDocument: Encodable {
    private static let documentID = "SPDXRef-DOCUMENT"
    private static let rootID = "SPDXRef-bundle"

    var id = SPDXDocument.documentID
    var spdxVersion = "SPDX-2.3"
    var dataLicense = "CC0-1.0"
    var name: String
    var documentNamespace: String
    var creationInfo: CreationInfo
    var packages: [Package]
    var relationships: [Relationship]
    /// Nil where every licence is on SPDX's list.
    var hasExtractedLicensingInfos: [ExtractedLicense]?

    enum CodingKeys: String, CodingKey {
        case id = "SPDXID"
        case spdxVersion
        case dataLicense
        case name
        case documentNamespace
        case creationInfo
        case packages
        case relationships
        case hasExtractedLicensingInfos
    }

    struct CreationInfo: Encodable {
        var created: String
        var creators: [String]
    }

    struct Package: Encodable {
        var id: String
        var name: String
        var versionInfo: String
        var downloadLocation: String
        var filesAnalyzed = false
        var licenseConcluded = SBOM.unknownLicense
        var licenseDeclared: String
        var copyrightText = SBOM.unknownLicense
        var primaryPackagePurpose: String
        var checksums: [Checksum]?
        var externalRefs: [ExternalReference]?

        enum CodingKeys: String, CodingKey {
            case id = "SPDXID"
            case name
            case versionInfo
            case downloadLocation
            case filesAnalyzed
            case licenseConcluded
            case licenseDeclared
            case copyrightText
            case primaryPackagePurpose
            case checksums
            case externalRefs
        }
    }

    struct Checksum: Encodable {
        var algorithm = "SHA256"
        var checksumValue: String
    }

    struct ExternalReference: Encodable {
        var referenceCategory = "PACKAGE-MANAGER"
        var referenceType = "purl"
        var referenceLocator: String
    }

    struct Relationship: Encodable {
        var spdxElementId: String
        var relationshipType: String
        var relatedSpdxElement: String
    }

    struct ExtractedLicense: Encodable {
        var licenseId: String
        var name: String
        var extractedText: String
    }

    init(_ sbom: SBOM, namespace: String) {
        name = "\(sbom.name) \(sbom.version)"
        documentNamespace = namespace
        creationInfo = CreationInfo(created: sbom.createdAt, creators: ["Tool: kubeferry-bundler-\(sbom.bundler)"])
        let root = Package(
            id: Self.rootID, name: sbom.name, versionInfo: sbom.version, downloadLocation: SBOM.unknownLicense,
            licenseDeclared: SBOM.unknownLicense, primaryPackagePurpose: "INSTALL")
        packages = [root] + sbom.components.map(Self.entry)
        let describes = Relationship(
            spdxElementId: Self.documentID, relationshipType: "DESCRIBES", relatedSpdxElement: Self.rootID)
        relationships =
            [describes]
            + sbom.components.map {
                Relationship(
                    spdxElementId: Self.rootID, relationshipType: "CONTAINS", relatedSpdxElement: "SPDXRef-\($0.id)")
            }
        let own = Set(sbom.components.compactMap(\.license).flatMap(Self.ownLicenses))
        hasExtractedLicensingInfos =
            own.isEmpty
            ? nil
            : own.sorted().map {
                ExtractedLicense(
                    licenseId: $0, name: String($0.dropFirst("LicenseRef-".count)),
                    extractedText: "The licence is told by the package itself, in its copyright file.")
            }
    }

    private static func entry(_ component: SBOMComponent) -> Package {
        let purpose =
            switch component.kind {
            case .program, .osPackage: "APPLICATION"
            case .file: "FILE"
            case .image: "CONTAINER"
            }
        return Package(
            id: "SPDXRef-\(component.id)", name: component.name, versionInfo: component.version,
            downloadLocation: component.source ?? SBOM.unknownLicense,
            licenseDeclared: component.license ?? SBOM.unknownLicense, primaryPackagePurpose: purpose,
            checksums: [Checksum(checksumValue: component.sha256.hex)],
            externalRefs: [ExternalReference(referenceLocator: component.purl)])
    }

    /// The names in an expression that are not on SPDX's list.
    private static func ownLicenses(_ expression: String) -> [String] {
        expression.split { " ()+".contains($0) }.map(String.init).filter { $0.hasPrefix("LicenseRef-") }
    }
}
