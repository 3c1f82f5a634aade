public import BundleModel
import FoundationEssentials

/// What each image of a bundle consists of and where its layers stand in the pack, by the images' own documents. Pure.
public struct ImageCatalog: Sendable {
    public struct Layer: Hashable, Sendable {
        /// Of the plain tar.
        public let diffID: SHA256Digest
        /// As it was published: what the manifest says.
        public let blob: OCIDescriptor
        /// In the pack: plain, or as published.
        public let member: ImageMember
        /// Bytes of the member.
        public let size: UInt64
    }

    public struct Image: Hashable, Sendable {
        public let locked: LockedImage
        /// What the reference names: the index where there is one, else the manifest.
        public let target: OCIDescriptor
        public let manifest: OCIDescriptor
        public let config: OCIDescriptor
        /// Bottom to top; the same layer may stand here more than once.
        public let layers: [Layer]
    }

    public let images: [Image]
    /// Every document of the pack by its digest.
    public let documents: [SHA256Digest: [UInt8]]

    /// - Parameters:
    ///   - images: of the lock.
    ///   - documents: of the pack, compared with their digests.
    ///   - members: of the pack, as far as this node reads it, and what a delta leaves out of it.
    /// - Throws: `PayloadError.badImage` for an image that the pack does not have whole.
    public init(
        _ images: [LockedImage], documents: [SHA256Digest: [UInt8]], members: some Sequence<Pack.Member>
    ) throws {
        self.documents = documents
        let there = members.reduce(into: [ImageMember: UInt64]()) { sizes, member in
            if let name = ImageMember(path: member.path) { sizes[name] = member.size }
        }
        self.images = try images.map { image in
            do {
                return try Self.image(image, documents, there)
            } catch let error as DecodingError {
                throw PayloadError.badImage(
                    image.reference.description, reason: CanonicalJSON.explanation(of: error))
            }
        }
    }

    private static func image(
        _ locked: LockedImage, _ documents: [SHA256Digest: [UInt8]], _ there: [ImageMember: UInt64]
    ) throws -> Image {
        func bad(_ reason: String) -> PayloadError { .badImage(locked.reference.description, reason: reason) }
        func bytes(_ digest: SHA256Digest) throws -> [UInt8] {
            guard let bytes = documents[digest] else { throw bad("document \(digest) is missing") }
            return bytes
        }
        func descriptor(_ type: OCIMediaType, _ digest: SHA256Digest) throws -> OCIDescriptor {
            OCIDescriptor(mediaType: type, digest: digest, size: UInt64(try bytes(digest).count))
        }

        let target = try descriptor(locked.mediaType, locked.digest)
        var manifest = target
        if locked.manifest != locked.digest {
            let top = try OCIDocument(Data(bytes(locked.digest)), cameAs: locked.mediaType)
            guard case .index(let index) = top.content,
                let entry = index.manifests.first(where: { $0.digest == locked.manifest })
            else { throw bad("its index does not list manifest \(locked.manifest)") }
            manifest = try descriptor(entry.mediaType, locked.manifest)
        }
        let document = try OCIDocument(Data(bytes(manifest.digest)), cameAs: manifest.mediaType)
        guard case .manifest(let content) = document.content else { throw bad("its manifest is an index") }
        let config = try CanonicalJSON.decode(OCIImageConfig.self, from: Data(bytes(content.config.digest)))
        let diffIDs = config.rootfs.diffIDs
        guard diffIDs.count == content.layers.count else {
            throw bad("\(content.layers.count) layers, and \(diffIDs.count) in its config")
        }
        let layers = try zip(content.layers, diffIDs).map { blob, diffID in
            let member: ImageMember = locked.layers == .original ? .blob(blob.digest) : .layer(diffID)
            guard let size = there[member] else { throw bad("layer \(member.path) is missing") }
            return Layer(diffID: diffID, blob: blob, member: member, size: size)
        }
        return Image(locked: locked, target: target, manifest: manifest, config: content.config, layers: layers)
    }
}
