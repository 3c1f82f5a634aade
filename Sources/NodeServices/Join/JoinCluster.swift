public import BundleModel

/// What the join service needs from its cluster.
public protocol JoinCluster: Sendable {
    var ledger: any LedgerStore { get }
    func facts() async throws -> ClusterFacts
    /// API servers, for the new node's proxy.
    func masters() async throws -> [Endpoint]
    /// `sha256:…` of the cluster CA's public key, as kubeadm's caCertHashes has it.
    func authorityDigest() async throws -> SHA256Digest
    /// Makes the token valid in the cluster.
    ///
    /// - Parameter expiresAt: seconds since 1970.
    func admit(_ token: BootstrapToken, expiresAt: UInt64, purpose: String) async throws
    /// Not there is fine.
    func revoke(tokenID: String) async throws
    /// Puts the control plane's certificates into the cluster for two hours, encrypted.
    ///
    /// - Returns: the key to them.
    func shareCertificates() async throws -> String
}
