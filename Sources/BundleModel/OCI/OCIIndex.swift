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

    /// The manifest for a platform, of several variants the one that runs on the most machines; attestations have the
    /// platform unknown/unknown and are never chosen.
    public func manifest(for platform: OCIPlatform) -> OCIDescriptor? {
        let serving = manifests.filter { $0.platform?.serves(platform) == true }
        return serving.min { ($0.platform?.demand ?? 0) < ($1.platform?.demand ?? 0) }
    }
}
