import BundleModel

/// An image that containerd does not have, or not whole.
public struct MissingImage: Sendable, Hashable {
    public let image: ImageToLoad
    /// The first thing that is not there, as a sentence.
    public let reason: String
}

extension ImageLoader {
    /// The images that containerd does not have with all that belongs to them: records, documents, the labels that keep
    /// them, every snapshot, and the blobs of those that keep them. Changes nothing.
    public func missing(_ images: [ImageToLoad]) async throws -> [MissingImage] {
        try await images.concurrently { image in
            let reason: String?
            switch try await storedPlan(image) {
            case .success(let plan): reason = try await problems(plan).first
            case .failure(let problem): reason = problem.reason
            }
            return reason.map { MissingImage(image: image, reason: $0) }
        }.compactMap(\.self)
    }

    struct Problem: Error {
        let reason: String
    }

    /// The plan by what containerd has of the documents.
    func storedPlan(_ image: ImageToLoad) async throws -> Result<ImagePlan, Problem> {
        // Cheaper than three documents: most images that are missing have no record.
        guard let name = image.names.first, try await client.imageRecord(name) != nil else {
            return .failure(Problem(reason: "there is no image \(image.names.first ?? "")"))
        }
        var known: [SHA256Digest: [UInt8]] = [:]
        while true {
            switch try ImagePlan.make(image, snapshotter: snapshotter, known) {
            case .plan(let plan): return .success(plan)
            case .lacks(let digest):
                guard let bytes = try await client.blob(digest, limit: ImagePlan.documentLimit) else {
                    return .failure(Problem(reason: "\(image.reference): document \(digest) is not there"))
                }
                known[digest] = bytes
            }
        }
    }

    /// What of an image is not there. Sentences.
    func problems(_ plan: ImagePlan) async throws -> [String] {
        var problems: [String] = []
        for name in plan.image.names {
            let record = try await client.imageRecord(name)
            if record?.target.digest != plan.target.digest.description {
                problems.append("\(name) is \(record?.target.digest ?? "not there"), expected \(plan.target.digest)")
            } else if ImagePlan.pinned.contains(where: { record?.labels[$0.key] != $0.value }) {
                problems.append("\(name) is not pinned")
            }
        }
        for document in plan.documents {
            let labels = try await client.blobLabels(document.blob.digest)
            if document.labels.contains(where: { labels?[$0.key] != $0.value }) || labels == nil {
                problems.append(
                    "\(plan.image.reference): document \(document.blob.digest) is not there with its labels")
            }
        }
        for blob in plan.keptBlobs where try await !client.hasFile(blob) {
            problems.append("\(plan.image.reference): blob \(blob.digest) is not there")
        }
        for layer in plan.layers where try await !client.hasSnapshot(layer.chain, snapshotter) {
            problems.append("\(plan.image.reference): snapshot \(layer.chain) is not there")
        }
        return problems
    }
}
