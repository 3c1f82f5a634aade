/// One fetched file, as the lock records it.
public struct Artifact: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// An executable, installed as it is.
        case binary
        /// A tar archive of which some members are installed.
        case archive
        /// Kubernetes YAML.
        case manifest
        /// A Helm chart, rendered when the bundle is made.
        case chart
        /// A Debian package.
        case deb
    }

    /// `kubelet`, `containerd`, `calico`, or a package's name.
    public var name: String
    public var kind: Kind
    /// As upstream writes it, without a leading `v`.
    public var version: String
    /// Where it came from.
    public var source: String
    /// SPDX expression.
    public var license: String
    /// Bytes.
    public var size: UInt64
    public var sha256: SHA256Digest
    public var proof: UpstreamProof
    /// `debian-12` for a package that only nodes of that release need; nil for all.
    public var osRelease: String?

    public init(
        name: String, kind: Kind, version: String, source: String, license: String, size: UInt64,
        sha256: SHA256Digest, proof: UpstreamProof, osRelease: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.version = version
        self.source = source
        self.license = license
        self.size = size
        self.sha256 = sha256
        self.proof = proof
        self.osRelease = osRelease
    }
}
