import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

extension ImageBuilder {
    /// A published image, with its documents and gzip layers as they are. What `plan` says of layers is not used.
    ///
    /// - Parameter plan: the name, and what must hold of the mounted image.
    public func adopt(_ tag: RegistryStorage.Tag, from storage: RegistryStorage, as plan: ImagePlan) async throws
        -> BuiltImage
    {
        let place = folder.appending(plan.name)
        let blobs = place.appending("layout/blobs/sha256")
        try FileSystem.makeDirectories(blobs)
        let target = try document(try storage.target(tag), storage)
        var documents = [target]
        var manifest = target
        let index = try JSONDecoder().decode(PublishedIndex.self, from: Data(target.bytes))
        if let manifests = index.manifests {
            let here = manifests.first { $0.platform?.architecture == "amd64" && $0.platform?.os == "linux" }
            manifest = try document(try SHA256Digest(here?.digest ?? ""), storage)
            documents.append(manifest)
        }
        let published = try JSONDecoder().decode(PublishedManifest.self, from: Data(manifest.bytes))
        let config = try document(try SHA256Digest(published.config.digest), storage, published.config.mediaType)
        documents.append(config)
        for document in documents { try write(document.bytes, blobs.appending(document.digest.hex)) }
        var layers: [BuiltImage.BuiltLayer] = []
        for (number, layer) in published.layers.enumerated() {
            let digest = try SHA256Digest(layer.digest)
            let tar = place.appending("layer\(number).tar")
            try await unpack(storage.blob(digest), to: tar)
            let diffID = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: tar) }
            try await SystemProcessRunner().require(
                Command("cp", [storage.blob(digest).string, blobs.appending(digest.hex).string], timeout: 300))
            layers.append(
                BuiltImage.BuiltLayer(
                    diffID: diffID, statedDiffID: diffID, tar: tar, size: try FileSystem.status(tar)?.size ?? 0,
                    mediaType: layer.mediaType, blob: blobs.appending(digest.hex), blobDigest: digest,
                    blobSize: layer.size))
        }
        return BuiltImage(
            plan: plan, documents: documents, target: target, manifest: manifest, config: config, layers: layers,
            layout: place.appending("layout"), archive: try await archive(place, target, plan))
    }

    private func unpack(_ blob: FilePath, to tar: FilePath) async throws {
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "gzip -dc \"$1\" >\"$2\"", "sh", blob.string, tar.string], timeout: 300))
    }

    private func document(_ digest: SHA256Digest, _ storage: RegistryStorage, _ mediaType: String? = nil) throws
        -> BuiltImage.Document
    {
        let bytes = try FileSystem.read(storage.blob(digest))
        let stated = try JSONDecoder().decode(PublishedIndex.self, from: Data(bytes)).mediaType
        return BuiltImage.Document(mediaType: mediaType ?? stated ?? "", bytes: bytes)
    }

    private struct PublishedIndex: Decodable {
        var mediaType: String?
        var manifests: [Entry]?

        struct Entry: Decodable {
            var digest: String
            var platform: Platform?
        }

        struct Platform: Decodable {
            var architecture: String
            var os: String
        }
    }

    private struct PublishedManifest: Decodable {
        var config: Entry
        var layers: [Entry]

        struct Entry: Decodable {
            var mediaType: String
            var digest: String
            var size: UInt64
        }
    }
}
