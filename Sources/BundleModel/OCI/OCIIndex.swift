/// Manifests of several platforms, or all images of an OCI layout (`index.json`).
public struct OCIIndex: Codable, Hashable, Sendable {
    public var schemaVersion: Int
    public var mediaType: OCIMediaType?
    public var manifests: [OCIDescriptor]

    public init(manifests: [OCIDescriptor]) {
        schemaVersion = 2
        mediaType = .index
        self.manifests = manifests
    }

    /// The manifest for a platform; attestations have the platform unknown/unknown and are never chosen.
    public func manifest(for platform: OCIPlatform) -> OCIDescriptor? {
        manifests.first { $0.platform?.serves(platform) == true }
    }
}
