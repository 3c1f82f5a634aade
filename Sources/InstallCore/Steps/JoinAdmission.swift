/// What an invite was redeemed for.
public struct JoinAdmission: Hashable, Sendable {
    /// kubeadm's bootstrap token. A secret; lives for minutes.
    public var token: String
    /// `sha256:<hex>` of the cluster's CA public key.
    public var caCertHashes: [String]
    /// API servers, `ADDRESS:6443`.
    public var masters: [String]
    /// The cluster's pod network, if the master told it.
    public var podCIDR: String?

    public init(token: String, caCertHashes: [String], masters: [String], podCIDR: String? = nil) {
        self.token = token
        self.caCertHashes = caCertHashes
        self.masters = masters
        self.podCIDR = podCIDR
    }
}
