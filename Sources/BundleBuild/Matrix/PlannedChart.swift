/// A Helm chart that is rendered when the bundle is made. The node gets one manifest of it, and needs no helm.
public struct PlannedChart: Codable, Hashable, Sendable {
    /// The release's name.
    public var name: String
    public var namespace: String
    /// The `PlannedArtifact` of kind `.chart`; nil for a local one.
    public var artifact: String?
    /// A local packed chart or a chart's folder; nil for an artifact.
    public var path: String?
    /// Local files of values, later ones over earlier ones.
    public var values: [String]
    /// Values by their path, `image.tag`, over those of files.
    public var settings: [String: String]

    public init(
        name: String, namespace: String, artifact: String? = nil, path: String? = nil, values: [String] = [],
        settings: [String: String] = [:]
    ) {
        self.name = name
        self.namespace = namespace
        self.artifact = artifact
        self.path = path
        self.values = values
        self.settings = settings
    }

    /// A name as Kubernetes' labels are: lower-case letters, digits, and hyphens between them.
    ///
    /// - Throws: `BundleBuildError.badOption`.
    public static func checked(_ name: String, atMost length: Int) throws(BundleBuildError) -> String {
        let isPlain = name.utf8.allSatisfy { $0.isLowercaseLetterOrDigit || $0 == UInt8(ascii: "-") }
        guard !name.isEmpty, isPlain, !name.hasPrefix("-"), !name.hasSuffix("-"), name.utf8.count <= length else {
            throw .badOption(
                "chart", value: name, expected: "at most \(length) of lower-case letters, digits and hyphens")
        }
        return name
    }

    /// Where the rendered manifest lies, under the node's root.
    public var target: String { "\(ArtifactCatalog.manifestFolder)/charts/\(name).yaml" }
}

extension UInt8 {
    var isLowercaseLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
