public import BundleModel

/// A file to fetch.
public struct PlannedArtifact: Codable, Hashable, Sendable {
    public var name: String
    public var kind: Artifact.Kind
    public var version: SemanticVersion
    /// The base URL's name in the sources file.
    public var source: String
    /// Below the base URL.
    public var path: String
    /// The published checksum file, below the same base.
    public var checksumPath: String?
    /// SPDX expression.
    public var license: String

    public init(_ definition: ArtifactDefinition, version: SemanticVersion, architecture: CPUArchitecture) {
        name = definition.name
        kind = definition.kind
        self.version = version
        source = definition.source
        path = definition.path(version: version, architecture: architecture)
        checksumPath = definition.checksumPath(version: version, architecture: architecture)
        license = definition.license
    }

    /// The last component of the path, as checksum files name it.
    public var fileName: String { String(path.split(separator: "/").last ?? "") }
}
