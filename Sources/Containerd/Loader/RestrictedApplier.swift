import BundleModel

/// An applier without the layers that it gave up.
struct RestrictedApplier: DirectApplier {
    let applier: any DirectApplier
    var refused: Set<SHA256Digest> = []

    func takes(_ blob: OCIDescriptor) -> Bool { !refused.contains(blob.digest) && applier.takes(blob) }

    func unpack(_ bytes: any BlobBytes, onto mounts: [SnapshotMount]) async throws -> SHA256Digest {
        try await applier.unpack(bytes, onto: mounts)
    }
}
