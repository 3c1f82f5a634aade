import SystemPackage

/// A manifest of the operator's own: a local file.
public struct PlannedManifest: Codable, Hashable, Sendable {
    /// The file's name without its extension; each once in a plan.
    public var name: String
    public var path: String
    /// False: the node has it and its images, and somebody else applies it.
    public var apply: Bool

    public init(name: String, path: String, apply: Bool = true) {
        self.name = name
        self.path = path
        self.apply = apply
    }

    /// - Throws: `BundleBuildError.badOption` for a path whose file name cannot be one on a node.
    public init(file path: String, apply: Bool = true) throws(BundleBuildError) {
        let stem = FilePath(path).stem ?? ""
        let isPlain = stem.utf8.allSatisfy { byte in
            byte.isLowercaseLetterOrDigit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
        }
        guard !stem.isEmpty, isPlain, stem.utf8.count <= 200 else {
            throw .badOption("manifest", value: path, expected: "a file name of letters, digits, '-', '_' and '.'")
        }
        self.init(name: stem, path: path, apply: apply)
    }

    /// Where it lies, under the node's root.
    public var target: String { "\(ArtifactCatalog.manifestFolder)/local/\(name).yaml" }
}
