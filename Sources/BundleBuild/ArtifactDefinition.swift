public import BundleModel

/// Where an artifact lies below its upstream, how it is checked, and what of it goes where on a node. Data only.
public struct ArtifactDefinition: Hashable, Sendable {
    /// Name in the lock: `kubelet`, `containerd`.
    public var name: String
    public var kind: Artifact.Kind
    /// The base URL's name in the sources file.
    public var source: String
    /// Below the base URL; `{version}` and `{arch}` are filled in.
    public var path: String
    /// The published checksum file, below the same base; nil where upstream publishes none.
    public var checksum: String?
    /// SPDX expression.
    public var license: String
    public var placement: Placement

    /// What of the artifact goes where, under the node's root.
    public enum Placement: Hashable, Sendable {
        /// The artifact itself.
        case file(String, mode: UInt32)
        /// Members of the archive by name, each to a path.
        case members([String: String])
        /// Every program at the archive's root, known by its plain lower-case name, into a folder.
        case programs(folder: String)
    }

    public func path(version: SemanticVersion, architecture: CPUArchitecture) -> String {
        Self.fill(path, version: version, architecture: architecture)
    }

    public func checksumPath(version: SemanticVersion, architecture: CPUArchitecture) -> String? {
        checksum.map { Self.fill($0, version: version, architecture: architecture) }
    }

    private static func fill(_ template: String, version: SemanticVersion, architecture: CPUArchitecture) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            switch rest[rest.index(after: open)..<close] {
            case "version": text += version.description
            case "arch": text += architecture.rawValue
            default: text += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
