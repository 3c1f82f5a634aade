/// A node, as far as routes need it.
public struct KubernetesNode: Codable, Hashable, Sendable {
    public struct Metadata: Codable, Hashable, Sendable {
        public var name: String

        public init(name: String) {
            self.name = name
        }
    }

    public struct Spec: Codable, Hashable, Sendable {
        public var podCIDR: String?
        public var podCIDRs: [String]?

        public init(podCIDR: String?, podCIDRs: [String]? = nil) {
            self.podCIDR = podCIDR
            self.podCIDRs = podCIDRs
        }
    }

    public struct Status: Codable, Hashable, Sendable {
        public var addresses: [Address]?

        public init(addresses: [Address]) {
            self.addresses = addresses
        }
    }

    public struct Address: Codable, Hashable, Sendable {
        public var type: String
        public var address: String

        public init(type: String, address: String) {
            self.type = type
            self.address = address
        }
    }

    public var metadata: Metadata
    public var spec: Spec?
    public var status: Status?

    public init(metadata: Metadata, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

struct KubernetesNodeList: Codable {
    var items: [KubernetesNode]
}
