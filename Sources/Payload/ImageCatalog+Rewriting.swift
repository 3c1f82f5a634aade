public import BundleModel
import FoundationEssentials
import Signing

extension ImageCatalog.Image {
    /// What a layout names for this image, with its bytes: as published where the layers are, else a manifest of plain
    /// layers, which has a digest of its own.
    ///
    /// - Parameter documents: the catalog's.
    public func rewritten(
        _ documents: [SHA256Digest: [UInt8]]
    ) throws -> (target: OCIDescriptor, documents: [SHA256Digest: [UInt8]]) {
        guard locked.layers == .unpacked else {
            let own = [target.digest, manifest.digest, config.digest]
            return (target, documents.filter { own.contains($0.key) })
        }
        let plain = OCIManifest(
            config: OCIDescriptor(mediaType: .config, digest: config.digest, size: config.size),
            layers: layers.map { OCIDescriptor(mediaType: .layer(.none), digest: $0.diffID, size: $0.size) })
        let bytes = Array(try CanonicalJSON.encode(plain))
        let digest = SHA256Hasher.hash(bytes)
        let descriptor = OCIDescriptor(mediaType: .manifest, digest: digest, size: UInt64(bytes.count))
        return (descriptor, [digest: bytes, config.digest: documents[config.digest] ?? []])
    }
}
