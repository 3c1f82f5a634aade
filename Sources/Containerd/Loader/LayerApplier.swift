import BundleModel

/// Brings layers' bytes onto snapshots.
protocol LayerApplier: Sendable {
    /// Takes a blob's bytes as they come. Called once for each blob, before `unpack`.
    ///
    /// - Parameter labels: of the blob in containerd's store.
    /// - Returns: false where it was there already.
    func take(_ blob: OCIDescriptor, labels: [String: String], from bytes: any BlobBytes) async throws -> Bool

    /// Unpacks a blob onto an active snapshot. Several at once.
    ///
    /// - Returns: digest of the uncompressed tar that was unpacked, as `sha256:…`.
    func unpack(_ blob: OCIDescriptor, onto mounts: [SnapshotMount]) async throws -> String

    /// No snapshot needs the blob any more.
    func discard(_ blob: OCIDescriptor) async throws
}
