import BundleModel

/// containerd's config.toml: version 2 for containerd 1.x, version 3 for 2.x.
///
/// 2.x would migrate a version 2 file, but a key in the wrong place does nothing there; each gets its own.
struct ContainerdConfiguration: Hashable, Sendable {
    var version: SemanticVersion
    var sandboxImage: ImageReference
    var cri: [String: JSONValue]
    var extra: String

    var toml: String {
        let template = Template(
            version.major >= 2 ? PackageResources.config_v3_toml : PackageResources.config_v2_toml)
        let table = cri.sorted { $0.key < $1.key }.map { "  \($0.key) = \(Self.toml($0.value))\n" }.joined()
        // 2.1 renamed the folder of plugins to a list.
        let folders =
            (version.major, version.minor) >= (2, 1)
            ? "bin_dirs = [\"\(NodePaths.cniBinaries)\"]" : "bin_dir = \"\(NodePaths.cniBinaries)\""
        let body = template.fill([
            "sandbox_image": sandboxImage.description, "cri_keys": table, "cni_binaries": folders,
        ])
        return extra.isEmpty ? body : body + "\n" + extra + (extra.hasSuffix("\n") ? "" : "\n")
    }

    /// A snapshotter other than containerd's own default that the operator's settings name; nil where there is none.
    var otherSnapshotter: String? { Self.otherSnapshotter(in: toml) }

    /// The same of any config.toml. Of a text that is not TOML, any answer will do: containerd does not take it.
    static func otherSnapshotter(in toml: String) -> String? {
        TOMLAssignments(toml).strings(of: "snapshotter").first { !$0.isEmpty && $0 != "overlayfs" }
    }

    private static func toml(_ value: JSONValue) -> String {
        switch value {
        case .null: "\"\""
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): quoted(value)
        case .array(let values): "[" + values.map(toml).joined(separator: ", ") + "]"
        case .object(let members):
            "{ " + members.sorted { $0.key < $1.key }.map { "\($0.key) = \(toml($0.value))" }.joined(separator: ", ")
                + " }"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
