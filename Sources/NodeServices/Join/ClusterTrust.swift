public import BundleModel

/// What a master believes about bundles, for the nodes that it lets in.
public struct ClusterTrust: Hashable, Sendable {
    /// Bundles below it are refused.
    public var lowestSequence: UInt64
    /// Fingerprints of signing keys that no longer count.
    public var revokedKeys: [SHA256Digest]

    public init(lowestSequence: UInt64, revokedKeys: [SHA256Digest]) {
        self.lowestSequence = lowestSequence
        self.revokedKeys = revokedKeys
    }
}
