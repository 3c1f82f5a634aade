public import BundleModel
public import SystemPackage

/// A fetched and checked file.
public struct CachedArtifact: Hashable, Sendable {
    public let path: FilePath
    /// Bytes.
    public let size: UInt64
    public let sha256: SHA256Digest
    public let proof: UpstreamProof

    public init(path: FilePath, size: UInt64, sha256: SHA256Digest, proof: UpstreamProof) {
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.proof = proof
    }
}
