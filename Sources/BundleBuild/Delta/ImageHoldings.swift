import Archive
import BundleModel
import Payload

/// What containerd has on nodes of each role once some images are loaded, and for what of it each layer of their pack
/// is read.
struct ImageHoldings: Sendable {
    enum Piece: Hashable, Sendable {
        /// A snapshot. A layer alone is none: on top of other layers it makes another one.
        case chain(SHA256Digest, NodeRole)
        /// A layer as it was published, of an image that keeps it.
        case blob(SHA256Digest, NodeRole)
    }

    private(set) var pieces: Set<Piece> = []
    /// By the layer's place in the pack.
    private(set) var needs: [ImageMember: Set<Piece>] = [:]

    init(_ images: [(entry: LockedImage, content: CheckedImage)]) {
        for image in images {
            add(image.entry, image.content.layers.map { ($0.diffID, $0.blob) })
        }
    }

    /// Of a bundle, by the documents that its pack of images begins with. Blocks.
    ///
    /// - Throws: `PayloadError`, `ArchiveError`.
    init(_ bundle: BundleFile) throws {
        guard let pack = bundle.index.packs.first(where: { $0.content == .images }) else { return }
        let documents = try ImageCatalog.documents(
            of: pack, bundle.reader(of: pack, prefix: pack.prefix(throughPart: 0)))
        let catalog = try ImageCatalog(bundle.index.lock.images, documents: documents, members: pack.members)
        for image in catalog.images {
            add(image.locked, image.layers.map { ($0.diffID, $0.blob.digest) })
        }
    }

    /// - Parameter layers: bottom to top.
    private mutating func add(_ image: LockedImage, _ layers: [(diffID: SHA256Digest, blob: SHA256Digest)]) {
        let roles = image.roles.isEmpty ? NodeRole.allCases : image.roles
        for (layer, chain) in zip(layers, ChainID.chains(layers.map(\.diffID))) {
            var own = Set(roles.map { Piece.chain(chain, $0) })
            var member = ImageMember.layer(layer.diffID)
            if image.layers == .original {
                member = .blob(layer.blob)
                own.formUnion(roles.map { Piece.blob(layer.blob, $0) })
            }
            pieces.formUnion(own)
            needs[member, default: []].formUnion(own)
        }
    }
}
