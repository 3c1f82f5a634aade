import BundleModel

/// The answer to POST /v1/join: all that a node needs to join. Holds secrets: never log it.
public struct JoinGrant: Codable, Hashable, Sendable {
    public var schemaVersion: Int
    /// `abcdef.0123456789abcdef`
    public var kubeadmToken: String
    /// Seconds since 1970.
    public var tokenExpiresAt: UInt64
    /// For kubeadm's discovery: `sha256:<64 hex digits>`.
    public var caCertHashes: [String]
    /// Of the control plane's certificates in the cluster; nil for workers.
    public var certificateKey: String?
    /// For the node's masters.json.
    public var masters: [Endpoint]
    /// With everything that all nodes agree on.
    public var cluster: ClusterFacts
    /// The master's clock, seconds since 1970.
    public var clock: UInt64
}

extension JoinGrant: CustomStringConvertible, CustomDebugStringConvertible {
    /// For logs: no secret.
    public var description: String {
        "join grant for \(cluster.kubernetesVersion.tag), masters \(masters.map(\.description).joined(separator: ", "))"
    }

    public var debugDescription: String { description }
}
