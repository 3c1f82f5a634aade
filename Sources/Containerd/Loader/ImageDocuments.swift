import BundleModel
import FoundationEssentials

/// The fields of an image's documents that loading needs; others are left as they are, byte for byte.
enum ImageDocuments {
    struct Descriptor: Decodable {
        var mediaType: String?
        var digest: SHA256Digest
        var size: UInt64
    }

    struct Index: Decodable {
        var mediaType: String?
        var manifests: [Descriptor]
    }

    struct Manifest: Decodable {
        var mediaType: String?
        var config: Descriptor
        var layers: [Descriptor]
    }

    struct Config: Decodable {
        struct RootFS: Decodable {
            var diffIDs: [SHA256Digest]

            enum CodingKeys: String, CodingKey { case diffIDs = "diff_ids" }
        }

        var rootfs: RootFS
    }

    static let ociIndex = "application/vnd.oci.image.index.v1+json"
    static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    static let ociConfig = "application/vnd.oci.image.config.v1+json"
    static let ociLayer = "application/vnd.oci.image.layer.v1.tar"

    /// Bytes of the largest document that is read.
    static let limit = 32 << 20

    /// Whether containerd unpacks what has this media type.
    static func isLayer(_ mediaType: String) -> Bool {
        mediaType.hasPrefix("application/vnd.oci.image.layer.")
            || mediaType.hasPrefix("application/vnd.docker.image.rootfs.")
    }

    static func decode<Document: Decodable>(
        _ type: Document.Type, _ bytes: [UInt8], _ digest: SHA256Digest
    ) throws -> Document {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw ContainerdError.unusableDocument(digest, reason: "not a usable \(type): \(error)")
        }
    }
}
