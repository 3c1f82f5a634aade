import BundleModel

/// A reference to content in manifests: media type, digest, size.
struct ImageDescriptor: Codable, Hashable, Sendable {
    struct Platform: Codable, Hashable, Sendable {
        var architecture: String
        var os: String
        var variant: String?
    }

    var mediaType: String?
    var digest: SHA256Digest
    var size: UInt64
    var platform: Platform?
}
