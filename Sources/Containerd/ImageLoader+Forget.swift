import BundleModel

extension ImageLoader {
    /// Takes images out of containerd, whole or not, with all that nothing else refers to, and with what loads that were
    /// killed have left. For images that nothing runs from.
    public func forget(_ images: [ImageToLoad]) async throws {
        let names = Set(images.flatMap(\.names))
        let targets = Set(images.map(\.digest.description))
        // CRI keeps records of its own that stand for the same documents.
        for record in try await client.imageRecords()
        where names.contains(record.name) || targets.contains(record.target.digest) {
            try await client.deleteImageRecord(record.name)
        }
        let lease = try await LoadLease.take(client)
        try await lease.removeLeftovers(client, snapshotter: snapshotter, try await folders())
        try await client.deleteLease(lease.id, collecting: true)
    }
}
