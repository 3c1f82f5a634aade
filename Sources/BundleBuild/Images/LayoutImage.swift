import BundleModel
import Host
import Signing
import SystemPackage

/// An image of a layout, for one architecture.
struct LayoutImage: Sendable {
    let layout: ImageLayout
    let reference: ImageReference
    /// What the name stands for: an index or a manifest.
    let top: OCIDescriptor
    /// The one for the architecture.
    let manifest: SHA256Digest
    /// Everything that belongs to it, each once.
    let descriptors: [OCIDescriptor]

    /// Bytes of everything that belongs to it.
    func size() throws -> UInt64 {
        try descriptors.reduce(0) { $0 + (try layout.blob($1, of: reference).size) }
    }

    /// Every blob checked against its digest.
    func obtain() async throws -> ObtainedImage {
        var blobs: [ObtainedImage.Blob] = []
        for descriptor in descriptors {
            let (path, size) = try layout.blob(descriptor, of: reference)
            let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
            guard actual == descriptor.digest else {
                throw BundleBuildError.wrongChecksum(path.string, expected: descriptor.digest, actual: actual)
            }
            blobs.append(ObtainedImage.Blob(digest: descriptor.digest, size: size, content: .file(path)))
        }
        return ObtainedImage(
            reference: reference, target: top, manifest: manifest, blobs: blobs.sorted { $0.digest < $1.digest },
            source: layout.source)
    }
}
