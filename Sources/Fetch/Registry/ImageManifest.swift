import BundleModel

/// A manifest or an index, of OCI or of Docker, as far as pulling needs it.
struct ImageManifest: Codable, Sendable {
    static let mediaTypes = [
        "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
    ]

    var schemaVersion: Int
    var mediaType: String?
    /// Of an index.
    var manifests: [ImageDescriptor]?
    /// Of a manifest.
    var config: ImageDescriptor?
    var layers: [ImageDescriptor]?

    /// The manifest for a platform; attestations have the platform unknown/unknown and are never chosen.
    func manifest(for architecture: CPUArchitecture) -> ImageDescriptor? {
        manifests?.first { $0.platform?.os == "linux" && $0.platform?.architecture == architecture.rawValue }
    }
}
