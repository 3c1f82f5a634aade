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
        /// Members of the archive by name, each to a path. Names are templates like the artifact's path.
        case members([String: String])
        /// Every program at the archive's root, known by its plain lower-case name, into a folder.
        case programs(folder: String)
        /// Needed to make the bundle only: a chart.
        case none
    }

    /// With the version and the architecture in every template.
    public func filled(version: String, architecture: CPUArchitecture) -> ArtifactDefinition {
        func fill(_ template: String) -> String {
            Self.fill(template, version: version, architecture: architecture)
        }
        var filled = self
        filled.path = fill(path)
        filled.checksum = checksum.map(fill)
        if case .members(let targets) = placement {
            // Two templates that become the same name are one member: the data's test refuses that.
            filled.placement = .members(
                Dictionary(targets.map { (fill($0), $1) }, uniquingKeysWith: { first, _ in first }))
        }
        return filled
    }

    private static func fill(_ template: String, version: String, architecture: CPUArchitecture) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            switch rest[rest.index(after: open)..<close] {
            case "version": text += version
            case "arch": text += architecture.rawValue
            default: text += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
