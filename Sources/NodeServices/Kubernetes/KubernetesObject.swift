import FoundationEssentials

/// A ConfigMap or a Secret, as far as we use them: all their content is in `data`.
public struct KubernetesObject: Codable, Hashable, Sendable {
    public struct Metadata: Codable, Hashable, Sendable {
        public var name: String
        public var namespace: String
        /// Set in what the API server gives; a replacement carries it back.
        public var resourceVersion: String?
    }

    public var apiVersion: String
    public var kind: String
    public var metadata: Metadata
    /// A Secret's type.
    public var type: String?
    /// A Secret's values are in base 64.
    public var data: [String: String]

    /// A Secret in `kube-system`.
    ///
    /// - Parameter content: the values themselves.
    public init(secret name: String, type: String = "Opaque", content: [String: [UInt8]]) {
        apiVersion = "v1"
        kind = "Secret"
        metadata = Metadata(name: name, namespace: "kube-system")
        self.type = type
        data = content.mapValues { Data($0).base64EncodedString() }
    }

    /// A ConfigMap in `kube-system`.
    public init(configMap name: String, content: [String: String]) {
        apiVersion = "v1"
        kind = "ConfigMap"
        metadata = Metadata(name: name, namespace: "kube-system")
        data = content
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Lists' items and very old servers leave these out; an empty object has no data.
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion) ?? "v1"
        kind = try container.decodeIfPresent(String.self, forKey: .kind) ?? ""
        metadata = try container.decode(Metadata.self, forKey: .metadata)
        type = try container.decodeIfPresent(String.self, forKey: .type)
        data = try container.decodeIfPresent([String: String].self, forKey: .data) ?? [:]
    }

    /// A Secret's value itself.
    func secretValue(_ key: String) -> [UInt8]? {
        data[key].flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }
}
