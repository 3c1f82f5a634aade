public import BundleModel

/// What an invite was redeemed for.
///
/// Nothing here has a default: whoever fills it in has to say what the cluster said.
public struct JoinAdmission: Hashable, Sendable {
    /// What every node of the cluster must agree on.
    public struct Cluster: Hashable, Sendable {
        public var podCIDR: String
        public var serviceCIDR: String
        public var productLine: String
        /// Bundles of that product line below it are refused.
        public var lowestSequence: UInt64
        /// Fingerprints of signing keys that no longer count.
        public var revokedKeys: [SHA256Digest]

        public init(
            podCIDR: String, serviceCIDR: String, productLine: String, lowestSequence: UInt64,
            revokedKeys: [SHA256Digest]
        ) {
            self.podCIDR = podCIDR
            self.serviceCIDR = serviceCIDR
            self.productLine = productLine
            self.lowestSequence = lowestSequence
            self.revokedKeys = revokedKeys
        }
    }

    /// kubeadm's bootstrap token. A secret; lives for minutes.
    public var token: String
    /// `sha256:<hex>` of the cluster's CA public key.
    public var caCertHashes: [String]
    /// API servers, `ADDRESS:6443`.
    public var masters: [String]
    public var cluster: Cluster

    public init(token: String, caCertHashes: [String], masters: [String], cluster: Cluster) {
        self.token = token
        self.caCertHashes = caCertHashes
        self.masters = masters
        self.cluster = cluster
    }
}
