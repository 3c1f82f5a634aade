public import BundleModel

extension RegistryClient {
    /// What a reference names at its registry now: an index or a manifest. Nothing else is fetched.
    ///
    /// The manifest itself is asked for, not its header: registries need not tell a digest there.
    ///
    /// - Throws: `FetchError`.
    public func digest(of reference: ImageReference) async throws -> SHA256Digest {
        let base = "\(address(of: reference))/v2/\(reference.repository)"
        let url = "\(base)/manifests/\(reference.manifestReference)"
        return try await manifest(url, base: base, expected: reference.digest).digest
    }
}
