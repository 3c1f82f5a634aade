import BundleModel

/// The CNI configuration of the `bridge` network: one bridge per node on the node's own pod network.
struct BridgeConflist: Hashable, Sendable {
    static let link = "cni0"
    var podCIDR: String
    var hasPortmap: Bool

    func json() throws -> [UInt8] {
        var plugins: [JSONValue] = [
            [
                "type": "bridge", "bridge": .string(Self.link), "isGateway": true, "ipMasq": true, "hairpinMode": true,
                "ipam": [
                    "type": "host-local", "ranges": [[["subnet": .string(podCIDR)]]],
                    "routes": [["dst": "0.0.0.0/0"]],
                ],
            ]
        ]
        if hasPortmap { plugins.append(["type": "portmap", "capabilities": ["portMappings": true]]) }
        let value: JSONValue = ["cniVersion": "0.4.0", "name": "kubeferry", "plugins": .array(plugins)]
        return Array(try CanonicalJSON.encode(value))
    }
}
