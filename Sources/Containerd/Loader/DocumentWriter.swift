import BundleModel

/// Stores images' documents with the labels that keep what they name from being collected.
struct DocumentWriter: Sendable {
    let client: ContainerdClient
    let lease: LoadLease

    func write(_ plans: [ImagePlan]) async throws {
        for document in plans.flatMap(\.documents) {
            guard case .alreadyThere = try await write(document) else { continue }
            if try await client.blob(document.blob.digest, limit: ImagePlan.documentLimit) == nil {
                // A name without its file, as a power cut leaves it.
                try await client.deleteBlob(document.blob.digest)
                _ = try await write(document)
            } else {
                // Labels of a blob that was there are as they were.
                try await client.setLabels(document.labels, ofBlob: document.blob.digest)
            }
        }
    }

    private func write(_ document: ImagePlan.Document) async throws -> ContainerdClient.Written {
        try await client.writeBlob(
            document.blob.digest, size: UInt64(document.bytes.count),
            reference: lease.name("document-\(document.blob.digest.hex)"), labels: document.labels,
            MemoryBlob(document.bytes))
    }

    static func unpacked(to diffID: SHA256Digest) -> [String: String] {
        ["containerd.io/uncompressed": diffID.description]
    }

    /// Notes on kept blobs what they unpack to, as containerd does, where that has been seen.
    func labelKept(_ plans: [ImagePlan], made: Set<SHA256Digest>) async throws {
        for plan in plans where plan.image.keepsBlobs {
            for layer in plan.layers where made.contains(layer.chain) {
                try await client.setLabels(Self.unpacked(to: layer.diffID), ofBlob: layer.blob.digest)
            }
        }
    }
}
