import BundleModel

extension ImagePlan {
    /// Reads an image's documents, as far as they are known.
    ///
    /// - Throws: `ContainerdError.unusableDocument`.
    static func make(
        _ image: ImageToLoad, snapshotter: String, _ known: [SHA256Digest: [UInt8]]
    ) throws -> Outcome {
        guard let targetBytes = known[image.digest] else { return .lacks(image.digest) }
        guard let manifestBytes = known[image.manifest] else { return .lacks(image.manifest) }
        let manifest = try ImageDocuments.decode(ImageDocuments.Manifest.self, manifestBytes, image.manifest)
        guard let configBytes = known[manifest.config.digest] else { return .lacks(manifest.config.digest) }
        let config = try ImageDocuments.decode(ImageDocuments.Config.self, configBytes, manifest.config.digest)
        let blobs = manifest.layers.map { $0.blob(ImageDocuments.ociLayer) }
        let layerBlobs = blobs.filter { ImageDocuments.isLayer($0.mediaType) }
        guard layerBlobs.count == config.rootfs.diffIDs.count else {
            throw ContainerdError.unusableDocument(
                image.manifest, reason: "\(layerBlobs.count) layers, the config has \(config.rootfs.diffIDs.count)")
        }
        let layers = layers(config.rootfs.diffIDs, layerBlobs)
        let kept = image.keepsBlobs ? blobs : []

        var documents = [
            Document(
                blob: manifest.config.blob(ImageDocuments.ociConfig), bytes: configBytes,
                labels: layers.last.map { ["containerd.io/gc.ref.snapshot.\(snapshotter)": $0.chain.description] }
                    ?? [:]
            )
        ]
        let own = BlobDescriptor(
            mediaType: manifest.mediaType ?? ImageDocuments.ociManifest, digest: image.manifest,
            size: UInt64(manifestBytes.count))
        documents.append(
            Document(blob: own, bytes: manifestBytes, labels: labels(config: manifest.config.digest, kept)))
        var target = own
        if image.digest != image.manifest {
            let index = try ImageDocuments.decode(ImageDocuments.Index.self, targetBytes, image.digest)
            guard index.manifests.contains(where: { $0.digest == image.manifest }) else {
                throw ContainerdError.unusableDocument(image.digest, reason: "does not list manifest \(image.manifest)")
            }
            target = BlobDescriptor(
                mediaType: index.mediaType ?? ImageDocuments.ociIndex, digest: image.digest,
                size: UInt64(targetBytes.count))
            documents.append(
                Document(
                    blob: target, bytes: targetBytes,
                    labels: ["containerd.io/gc.ref.content.m.0": image.manifest.description]))
        }
        target.mediaType = image.mediaType ?? target.mediaType
        return .plan(
            ImagePlan(image: image, target: target, documents: documents, layers: layers, keptBlobs: kept))
    }

    /// As containerd's own import labels a manifest.
    private static func labels(config: SHA256Digest, _ blobs: [BlobDescriptor]) -> [String: String] {
        var labels = ["containerd.io/gc.ref.content.config": config.description]
        var counts: [String: Int] = [:]
        for blob in blobs {
            let key = "containerd.io/gc.ref.content.\(ImageDocuments.isLayer(blob.mediaType) ? "l." : "")"
            labels["\(key)\(counts[key, default: 0])"] = blob.digest.description
            counts[key, default: 0] += 1
        }
        return labels
    }
}

extension ImageDocuments.Descriptor {
    func blob(_ mediaTypeByDefault: String) -> BlobDescriptor {
        BlobDescriptor(mediaType: mediaType ?? mediaTypeByDefault, digest: digest, size: size)
    }
}
