public import BundleModel

extension ImageLoader {
    /// A label of snapshots that this loader made: what was written is the layer that it names, and was synced before
    /// the snapshot got its name. A snapshot by anybody else does not have it.
    static let verifiedLabel = "io.kubeferry.verified"

    static func verified(_ diffID: SHA256Digest) -> [String: String] { [verifiedLabel: diffID.description] }

    /// Whether a layer is there from an earlier load, so that nobody has to bring it again. Changes nothing.
    ///
    /// - Parameters:
    ///   - chain: that the layer makes with all below it.
    ///   - blob: the layer as published, where it has to be there too.
    /// - Returns: what is missing, as a sentence; nil for a layer that is proven.
    public func gap(
        _ diffID: SHA256Digest, in chain: SHA256Digest, keeping blob: OCIDescriptor?
    ) async throws -> String? {
        guard let labels = try await client.snapshotLabels(chain, snapshotter) else {
            return "snapshot \(chain) is not there"
        }
        guard labels[Self.verifiedLabel] == diffID.description else {
            return "snapshot \(chain) was not made by node-install, so nobody knows whether it is whole"
        }
        if let blob, try await !client.hasFile(blob) { return "blob \(blob.digest) is not there" }
        return nil
    }
}
