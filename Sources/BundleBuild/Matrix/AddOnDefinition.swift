public import BundleModel

/// An add-on or a pod network, as data: what it consists of and which versions of it are known.
public struct AddOnDefinition: Codable, Hashable, Sendable {
    public var name: String
    /// One line for people.
    public var title: String
    /// SPDX expression.
    public var license: String
    /// True for what `--cni` names, false for what `--addon` names.
    public var isNetwork: Bool
    public var status: TestStatus
    public var artifacts: [ArtifactRow]
    /// Names of the artifacts that are manifests to apply, in order.
    public var manifests: [String]
    public var charts: [ChartRow]
    /// Ascending.
    public var versions: [VersionRow]
    /// Short names of `AddOnCatalog.sources`.
    public var sources: [String]
    /// What a person who takes it should know.
    public var notes: [String]
    /// What is from memory or derived, in words.
    public var unverified: [String]

    /// A file that upstream publishes. Its version is the add-on's where the version's row names no other.
    public struct ArtifactRow: Codable, Hashable, Sendable {
        public var name: String
        public var kind: Artifact.Kind
        /// The base URL's name in the sources file.
        public var source: String
        /// Below the base URL; `{version}` and `{arch}` are filled in.
        public var path: String
        /// The published checksum file, below the same base; nil where upstream publishes none.
        public var checksum: String?
        /// Where a binary goes, under the node's root.
        public var file: String?
        /// What of an archive goes where.
        public var members: [String: String]?
    }

    public struct ChartRow: Codable, Hashable, Sendable {
        public var artifact: String
        public var release: String
        public var namespace: String
        public var settings: [String: String]
    }

    public struct VersionRow: Codable, Hashable, Sendable {
        /// As upstream writes it, without a leading `v`.
        public var version: String
        /// The Kubernetes lines that upstream tests it with; nil where it does not depend on Kubernetes.
        public var kubernetes: [String]?
        /// Versions of artifacts that are not the add-on's, by the artifact's name.
        public var artifactVersions: [String: String]?
        /// Needed beside what manifests and charts name.
        public var images: [ImageReference]
        /// What manifests and charts are expected to name.
        public var expectedImages: [ImageReference]
    }

    /// The artifacts as the catalog has its own.
    public var definitions: [ArtifactDefinition] {
        artifacts.map { row in
            ArtifactDefinition(
                name: row.name, kind: row.kind, source: row.source, path: row.path, checksum: row.checksum,
                license: license, placement: Self.placement(row))
        }
    }

    private static func placement(_ row: ArtifactRow) -> ArtifactDefinition.Placement {
        switch row.kind {
        case .manifest: .file("\(ArtifactCatalog.manifestFolder)/\(row.name).yaml", mode: 0o644)
        case .archive: .members(row.members ?? [:])
        case .binary: .file(row.file ?? "usr/local/bin/\(row.name)", mode: 0o755)
        case .chart, .deb: .none
        }
    }
}
