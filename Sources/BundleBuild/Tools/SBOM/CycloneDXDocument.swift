import BundleModel

/// CycloneDX 1.6, as far as an SBOM needs it. Field names are CycloneDX's.
struct CycloneDXDocument: Encodable {
    var bomFormat = "CycloneDX"
    var specVersion = "1.6"
    var serialNumber: String
    var version = 1
    var metadata: Metadata
    var components: [Component]

    struct Metadata: Encodable {
        var timestamp: String
        var tools: Tools
        var component: Component
    }

    struct Tools: Encodable {
        var components: [Component]
    }

    struct Component: Encodable {
        var type: String
        var reference: String
        var name: String
        var version: String
        var licenses: [License]?
        var hashes: [Hash]?
        var purl: String?
        var externalReferences: [ExternalReference]?

        enum CodingKeys: String, CodingKey {
            case type
            case reference = "bom-ref"
            case name
            case version
            case licenses
            case hashes
            case purl
            case externalReferences
        }
    }

    struct License: Encodable {
        var expression: String
    }

    struct Hash: Encodable {
        var alg = "SHA-256"
        var content: String
    }

    struct ExternalReference: Encodable {
        var type = "distribution"
        var url: String
    }

    init(_ sbom: SBOM, serialNumber: String) {
        self.serialNumber = serialNumber
        let tool = Component(
            type: "application", reference: "tool-bundler", name: "bundler", version: sbom.bundler.description)
        metadata = Metadata(
            timestamp: sbom.createdAt, tools: Tools(components: [tool]),
            component: Component(type: "application", reference: "bundle", name: sbom.name, version: sbom.version))
        components = sbom.components.map(Self.entry)
    }

    private static func entry(_ component: SBOMComponent) -> Component {
        let type =
            switch component.kind {
            case .program: "application"
            case .osPackage: "library"
            case .file: "file"
            case .image: "container"
            }
        return Component(
            type: type, reference: component.id, name: component.name, version: component.version,
            licenses: component.license.map { [License(expression: $0)] },
            hashes: [Hash(content: component.sha256.hex)], purl: component.purl,
            externalReferences: component.source.map { [ExternalReference(url: $0)] })
    }
}
