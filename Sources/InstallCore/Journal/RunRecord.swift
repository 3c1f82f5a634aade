public import BundleModel

/// What one run was asked to do. Never holds a secret.
public struct RunRecord: Codable, Hashable, Sendable {
    public var releaseID: SHA256Digest
    public var kubernetes: String
    public var productLine: String
    public var sequence: UInt64
    /// The trusted key that signed; nil with --insecure-skip-signature.
    public var keyFingerprint: SHA256Digest?
    public var role: NodeRole
    public var nodeIP: String
    public var nodeName: String
    public var podCIDR: String
    public var serviceCIDR: String
    /// `/proc/sys/kernel/random/boot_id`: another one means that the machine went down in between.
    public var bootID: String
    /// As chosen on the command line or in the configuration; nil where it was not, and in older journals.
    public var imageLoader: ImageLoaderChoice?
}
