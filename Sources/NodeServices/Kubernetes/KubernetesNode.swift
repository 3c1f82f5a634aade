/// A node, as far as routes need it.
public struct KubernetesNode: Codable, Hashable, Sendable {
    public struct Metadata: Codable, Hashable, Sendable {
        public var name: String
    }

    public struct Spec: Codable, Hashable, Sendable {
        public var podCIDR: String?
        public var podCIDRs: [String]?
    }

    public struct Status: Codable, Hashable, Sendable {
        public var addresses: [Address]?
    }

    public struct Address: Codable, Hashable, Sendable {
        public var type: String
        public var address: String
    }

    public var metadata: Metadata
    public var spec: Spec?
    public var status: Status?
}

struct KubernetesNodeList: Codable {
    var items: [KubernetesNode]
}
