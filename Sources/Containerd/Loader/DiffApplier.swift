import BundleModel

/// Lets containerd unpack: the layer goes into its content store and from there onto the snapshot. Whiteouts, hard
/// links, attributes and the rest are its business.
struct DiffApplier: LayerApplier {
    let client: ContainerdClient
    let lease: LoadLease

    func take(_ blob: OCIDescriptor, labels: [String: String], from bytes: any BlobBytes) async throws -> Bool {
        let written = try await client.writeBlob(
            blob.digest, size: blob.size, reference: lease.name(blob.digest.hex), labels: labels, bytes)
        return written == .written
    }

    func unpack(_ blob: OCIDescriptor, onto mounts: [SnapshotMount]) async throws -> String {
        try await client.applyLayer(blob, to: mounts)
    }

    func discard(_ blob: OCIDescriptor) async throws {
        try await client.deleteBlob(blob.digest)
    }
}
