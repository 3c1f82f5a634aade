import Archive
public import BundleModel

extension ImageLoader {
    /// Takes images out of containerd, whole or not and whoever put them there, with all that nothing else refers to,
    /// and with what loads and imports that were killed have left. For images that nothing runs from.
    ///
    /// - Returns: chains of theirs that something else keeps, and that are not proven. Sorted. Where containers run from
    ///   such, nothing was changed.
    public func forget(_ images: [ImageTraces]) async throws -> [SHA256Digest] {
        // Taking the names from what runs would keep it from being started again, and free nothing.
        let running = try await inUse(images)
        guard running.isEmpty else { return running }
        let names = Set(images.flatMap(\.names))
        let targets = Set(images.flatMap(\.targets).map(\.description))
        // CRI keeps records of its own that stand for the same documents.
        for record in try await client.imageRecords()
        where names.contains(record.name) || targets.contains(record.target.digest) {
            try await client.deleteImageRecord(record.name)
        }
        let lease = try await LoadLease.take(client)
        do {
            try await lease.removeLeftovers(client, snapshotter: snapshotter, try await folders())
        } catch ContainerdError.hiddenFolder(snapshotter: _) {
            // Nothing can have been loaded this way.
        }
        // An import that did not end has left its own, which would keep what it made for a day.
        for other in try await client.temporaryLeaseIDs() where other != lease.id {
            try await client.deleteLease(other, collecting: false)
        }
        try await client.deleteLease(lease.id, collecting: true)
        return try await kept(images)
    }

    /// Those of the images that do not wholly consist of layers which this loader has written and synced. Changes
    /// nothing.
    public func unproven(_ images: [ImageTraces]) async throws -> [ImageTraces] {
        try await images.concurrently { image -> ImageTraces? in
            for layer in Self.layers(of: image) where try await isProven(layer) != true { return image }
            return image.layers.isEmpty ? image : nil
        }.compactMap(\.self)
    }

    private func inUse(_ images: [ImageTraces]) async throws -> [SHA256Digest] {
        let chains = try await kept(images)
        guard !chains.isEmpty else { return [] }
        let used = try await client.chainsInUse(snapshotter)
        return chains.filter { used.contains($0.description) }
    }

    /// Their chains that are there and not proven. Sorted.
    private func kept(_ images: [ImageTraces]) async throws -> [SHA256Digest] {
        var kept: Set<SHA256Digest> = []
        for layer in images.flatMap(Self.layers) where !kept.contains(layer.chain) {
            if try await isProven(layer) == false { kept.insert(layer.chain) }
        }
        return kept.sorted()
    }

    private typealias Layer = (diffID: SHA256Digest, chain: SHA256Digest)

    private static func layers(of image: ImageTraces) -> [Layer] {
        zip(image.layers, ChainID.chains(image.layers)).map { ($0, $1) }
    }

    /// Whether this loader has written and synced a layer; nil where it is not there.
    private func isProven(_ layer: Layer) async throws -> Bool? {
        try await client.snapshotLabels(layer.chain, snapshotter).map {
            $0[Self.verifiedLabel] == layer.diffID.description
        }
    }
}
