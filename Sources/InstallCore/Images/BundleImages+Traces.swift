import BundleModel
import Containerd
import Payload

extension BundleImages {
    /// By what images of the bundle may be in containerd, whichever route brought them. Blocks.
    func traces(of images: [LockedImage]) throws -> [ImageTraces] {
        guard let pack = packs.first else { return [] }
        let catalog = try ImageCatalog.read(images, from: pack, for: role, in: content)
        return try catalog.images.map { image in
            let locked = image.locked
            // CRI names a record by the config.
            let names = claims.names(of: locked).all + [locked.reference.description, image.config.digest.description]
            let rewritten = try image.rewritten(catalog.documents).target.digest
            return ImageTraces(
                reference: locked.reference, names: Set(names), targets: [locked.digest, locked.manifest, rewritten],
                layers: image.layers.map(\.diffID))
        }
    }
}
