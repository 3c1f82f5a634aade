public import BundleModel

/// A reference to content, as the OCI image specification writes it. Only the fields that are used here.
public struct OCIDescriptor: Codable, Hashable, Sendable {
    public var mediaType: String
    public var digest: SHA256Digest
    /// Bytes.
    public var size: UInt64
    public var annotations: [String: String]?
    public var platform: Platform?

    public init(
        mediaType: String, digest: SHA256Digest, size: UInt64, annotations: [String: String]? = nil,
        platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.platform = platform
    }

    public struct Platform: Codable, Hashable, Sendable {
        public var architecture: String
        public var os: String
        public var variant: String?
    }

    /// Whether it names an index or Docker's manifest list.
    public var isIndex: Bool {
        mediaType == "application/vnd.oci.image.index.v1+json"
            || mediaType == "application/vnd.docker.distribution.manifest.list.v2+json"
    }
}

/// An index or a manifest, in OCI's and in Docker's form.
struct OCIDocument: Codable {
    var mediaType: String?
    var manifests: [OCIDescriptor]?
    var config: OCIDescriptor?
    var layers: [OCIDescriptor]?
}
