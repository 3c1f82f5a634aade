import BundleModel
import FoundationEssentials

extension ImagePlan {
    /// Bytes of the largest document that is read.
    static let documentLimit = 32 << 20

    /// Reads an image's documents, as far as they are known.
    ///
    /// - Throws: `ContainerdError.unusableDocument`.
    static func make(
        _ image: ImageToLoad, snapshotter: String, _ known: [SHA256Digest: [UInt8]]
    ) throws -> Outcome {
        guard let targetBytes = known[image.digest] else { return .lacks(image.digest) }
        guard let manifestBytes = known[image.manifest] else { return .lacks(image.manifest) }
        let manifest = try decode(OCIManifest.self, manifestBytes, image.manifest)
        guard let configBytes = known[manifest.config.digest] else { return .lacks(manifest.config.digest) }
        let diffIDs = try decode(OCIImageConfig.self, configBytes, manifest.config.digest).rootfs.diffIDs
        let layerBlobs = manifest.layers.filter(\.mediaType.isUnpacked)
        guard layerBlobs.count == diffIDs.count else {
            throw ContainerdError.unusableDocument(
                image.manifest, reason: "\(layerBlobs.count) layers, the config has \(diffIDs.count)")
        }
        let layers = layers(diffIDs, layerBlobs)
        let kept = image.keepsBlobs ? manifest.layers : []

        var documents = [
            Document(
                blob: manifest.config, bytes: configBytes,
                labels: layers.last.map { ["containerd.io/gc.ref.snapshot.\(snapshotter)": $0.chain.description] }
                    ?? [:]
            )
        ]
        let own = OCIDescriptor(
            mediaType: manifest.mediaType ?? .manifest, digest: image.manifest, size: UInt64(manifestBytes.count))
        documents.append(
            Document(blob: own, bytes: manifestBytes, labels: labels(config: manifest.config.digest, kept)))
        var target = own
        if image.digest != image.manifest {
            let index = try decode(OCIIndex.self, targetBytes, image.digest)
            guard index.manifests.contains(where: { $0.digest == image.manifest }) else {
                throw ContainerdError.unusableDocument(image.digest, reason: "does not list manifest \(image.manifest)")
            }
            target = OCIDescriptor(
                mediaType: index.mediaType ?? .index, digest: image.digest, size: UInt64(targetBytes.count))
            documents.append(
                Document(
                    blob: target, bytes: targetBytes,
                    labels: ["containerd.io/gc.ref.content.m.0": image.manifest.description]))
        }
        target.mediaType = image.mediaType ?? target.mediaType
        return .plan(
            ImagePlan(
                image: image, target: target, config: manifest.config.digest, documents: documents, layers: layers,
                keptBlobs: kept))
    }

    private static func decode<Document: Decodable>(
        _ type: Document.Type, _ bytes: [UInt8], _ digest: SHA256Digest
    ) throws -> Document {
        do {
            return try CanonicalJSON.decode(type, from: Data(bytes))
        } catch {
            throw ContainerdError.unusableDocument(digest, reason: CanonicalJSON.explanation(of: error))
        }
    }

    /// As containerd's own import labels a manifest.
    private static func labels(config: SHA256Digest, _ blobs: [OCIDescriptor]) -> [String: String] {
        var labels = ["containerd.io/gc.ref.content.config": config.description]
        var counts: [String: Int] = [:]
        for blob in blobs {
            let key = "containerd.io/gc.ref.content.\(blob.mediaType.isUnpacked ? "l." : "")"
            labels["\(key)\(counts[key, default: 0])"] = blob.digest.description
            counts[key, default: 0] += 1
        }
        return labels
    }
}

extension OCIMediaType {
    /// Whether containerd takes it for a layer: by the beginning alone, unlike `kind`.
    fileprivate var isUnpacked: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.")
    }
}
