import BundleModel

/// What containerd has already of some images, held by the lease from here on.
struct Inventory: Sendable {
    private(set) var chains: Set<SHA256Digest> = []
    /// Of those that images keep.
    private(set) var blobs: Set<SHA256Digest> = []

    init(_ plans: [ImagePlan], _ client: ContainerdClient, _ lease: LoadLease, snapshotter: String) async throws {
        for plan in plans {
            for blob in plan.keptBlobs where !blobs.contains(blob.digest) {
                guard try await client.blobLabels(blob.digest) != nil else { continue }
                try await client.addBlob(blob.digest, toLease: lease.id)
                if try await client.hasFile(blob) {
                    blobs.insert(blob.digest)
                } else {
                    // A name without a file would be taken for the blob when it is written.
                    try await client.deleteBlob(blob.digest)
                }
            }
            // From the top: a snapshot holds those below it.
            guard let top = try await highest(plan.layers, client, snapshotter) else { continue }
            try await client.addSnapshot(top.chain, snapshotter, toLease: lease.id)
            // Once more: it may have been collected before it joined.
            for layer in plan.layers where try await client.hasSnapshot(layer.chain, snapshotter) {
                chains.insert(layer.chain)
                if layer == top { break }
            }
        }
    }

    private func highest(
        _ layers: [ImagePlan.Layer], _ client: ContainerdClient, _ snapshotter: String
    ) async throws -> ImagePlan.Layer? {
        for layer in layers.reversed() {
            if chains.contains(layer.chain) { return layer }
            if try await client.hasSnapshot(layer.chain, snapshotter) { return layer }
        }
        return nil
    }
}
