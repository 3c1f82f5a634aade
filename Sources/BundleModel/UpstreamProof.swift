/// What upstream itself published about an artifact's content, and what was checked.
public struct UpstreamProof: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// A checksum file that upstream publishes beside the artifact.
        case publishedChecksum
        /// A checksum file that upstream signs (a clear-signed OpenPGP message), with a signature that was checked.
        case signedChecksum
        /// A checksum in the version matrix.
        case matrixChecksum
        /// A digest that names the content (images).
        case contentDigest
        /// A package index signed by the archive's key.
        case signedPackageIndex
        /// A package index without a checked signature.
        case packageIndex
        /// Nothing but the connection: upstream publishes no checksum. Pinned by the lock from then on.
        case transport
        /// A file that the operator put there.
        case local
    }

    public var kind: Kind
    /// Where the checksum came from; empty for local files.
    public var source: String
    /// Fingerprint of the OpenPGP key that signed the checksum, hex digits; nil where no signature was checked.
    public var signer: String?

    public init(kind: Kind, source: String, signer: String? = nil) {
        self.kind = kind
        self.source = source
        self.signer = signer
    }
}
