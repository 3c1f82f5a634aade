import BundleModel

/// Writes layers onto snapshots itself, without a blob in containerd between.
protocol DirectApplier: Sendable {
    /// Whether it is to be tried with this layer, an uncompressed tar.
    func takes(_ blob: OCIDescriptor) -> Bool

    /// Writes a layer onto an active snapshot as its bytes come. One at a time.
    ///
    /// - Parameter bytes: to be read to their end.
    /// - Returns: SHA-256 of all bytes.
    /// - Throws: `NotDirect` for a layer that containerd has to unpack; then that is done with a second reading of the
    ///   packs.
    func unpack(_ bytes: any BlobBytes, onto mounts: [SnapshotMount]) async throws -> SHA256Digest
}

/// A layer that only containerd unpacks exactly.
struct NotDirect: Error, Equatable {
    let reason: String
}
