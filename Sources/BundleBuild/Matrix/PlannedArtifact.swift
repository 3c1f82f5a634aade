public import BundleModel

/// A file to fetch.
public struct PlannedArtifact: Codable, Hashable, Sendable {
    public var name: String
    public var kind: Artifact.Kind
    /// As upstream writes it, without a leading `v`; not always a semantic one.
    public var version: String
    /// The base URL's name in the sources file.
    public var source: String
    /// Below the base URL.
    public var path: String
    /// The published checksum file, below the same base.
    public var checksumPath: String?
    /// SPDX expression.
    public var license: String

    public init(_ definition: ArtifactDefinition, version: SemanticVersion, architecture: CPUArchitecture) {
        self.init(definition, version: version.description, architecture: architecture)
    }

    public init(_ definition: ArtifactDefinition, version: String, architecture: CPUArchitecture) {
        let definition = definition.filled(version: version, architecture: architecture)
        name = definition.name
        kind = definition.kind
        self.version = version
        source = definition.source
        path = definition.path
        checksumPath = definition.checksum
        license = definition.license
    }

    /// The last component of the path, as checksum files name it.
    public var fileName: String { String(path.split(separator: "/").last ?? "") }
}
