import BundleModel

/// A repository at one of the addresses that serve its registry.
struct RegistryEndpoint: Hashable, Sendable {
    /// Without `/v2`.
    let address: String
    /// As image names have it, whatever the address is.
    let registry: String
    let repository: String

    init(address: String, of reference: ImageReference) {
        self.address = address
        registry = reference.registry
        repository = reference.repository
    }

    /// - Parameter name: a tag or a digest.
    func manifest(_ name: String) -> String { "\(address)/v2/\(repository)/manifests/\(name)" }

    func blob(_ digest: SHA256Digest) -> String { "\(address)/v2/\(repository)/blobs/\(digest)" }

    func referrers(_ digest: SHA256Digest) -> String { "\(address)/v2/\(repository)/referrers/\(digest)" }
}
