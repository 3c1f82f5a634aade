import BundleModel
import FoundationEssentials
public import SystemPackage

/// An OCI image layout with several single-platform images, as `ctr images import` reads it from a tar.
public struct ImageLayout: Sendable {
    public enum Content: Hashable, Sendable {
        case file(FilePath)
        case bytes([UInt8])
    }

    private struct Index: Encodable {
        struct Descriptor: Encodable {
            let mediaType: String
            let digest: SHA256Digest
            let size: Int
            let annotations: [String: String]
        }
        let schemaVersion = 2
        let mediaType = "application/vnd.oci.image.index.v1+json"
        let manifests: [Descriptor]
        enum CodingKeys: CodingKey { case schemaVersion, mediaType, manifests }
    }

    /// Relative paths with their content, sorted by path; shared blobs once.
    public let files: [(path: String, content: Content)]

    public init(_ images: [PulledImage]) throws {
        var files: [String: Content] = ["oci-layout": .bytes(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))]
        var manifests: [Index.Descriptor] = []
        for image in images.sorted(by: { $0.reference.description < $1.reference.description }) {
            files["blobs/sha256/\(image.manifest.hex)"] = .bytes(image.manifestBytes)
            for blob in image.blobs { files["blobs/sha256/\(blob.digest.hex)"] = .file(blob.path) }
            var annotations = ["io.containerd.image.name": image.reference.description]
            if let tag = image.reference.tag { annotations["org.opencontainers.image.ref.name"] = tag }
            manifests.append(
                Index.Descriptor(
                    mediaType: image.manifestMediaType, digest: image.manifest, size: image.manifestBytes.count,
                    annotations: annotations))
        }
        files["index.json"] = .bytes(Array(try CanonicalJSON.encode(Index(manifests: manifests))))
        self.files = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }
}
