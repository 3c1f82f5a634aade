public import Archive
import BundleModel

/// An OCI image layout as the members of a pack, in the form that `ctr images import` reads from a pipe.
public enum ImagePack {
    private struct Marker: Encodable {
        let imageLayoutVersion = "1.0.0"
    }

    /// - Parameter images: any order; the bytes do not depend on it.
    public static func members(of images: [ObtainedImage]) throws -> [PackSource] {
        var blobs: [SHA256Digest: ObtainedImage.Blob] = [:]
        for blob in images.flatMap(\.blobs) { blobs[blob.digest] = blob }
        let entries = images.sorted { $0.reference.description < $1.reference.description }.map(entry)
        let documents: [PackSource] = [
            .bytes(
                path: "index.json", mode: 0o644, content: Array(try CanonicalJSON.encode(OCIIndex(manifests: entries)))),
            .bytes(path: "oci-layout", mode: 0o644, content: Array(try CanonicalJSON.encode(Marker()))),
        ]
        return documents
            + blobs.values.map { blob in
                let path = "blobs/sha256/\(blob.digest.hex)"
                switch blob.content {
                case .file(let source): return .file(path: path, mode: 0o644, source: source)
                case .bytes(let content): return .bytes(path: path, mode: 0o644, content: content)
                }
            }
    }

    /// containerd names the image by the first annotation; other tools show the second.
    private static func entry(_ image: ObtainedImage) -> OCIDescriptor {
        var annotations = ["io.containerd.image.name": image.reference.description]
        if let tag = image.reference.tag { annotations["org.opencontainers.image.ref.name"] = tag }
        return OCIDescriptor(
            mediaType: image.top.mediaType, digest: image.top.digest, size: image.top.size, annotations: annotations)
    }
}
