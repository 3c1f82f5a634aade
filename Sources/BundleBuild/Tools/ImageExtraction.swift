import Archive
import BundleModel
import FoundationEssentials
import Host
import Payload
import SystemPackage

/// Writes a bundle's images for other tools while their pack is read. Memory is bounded by the documents.
struct ImageExtraction {
    private let bundle: BundleFile
    private let pack: Pack
    private let catalog: ImageCatalog

    private struct Marker: Encodable {
        let imageLayoutVersion = "1.0.0"
    }

    /// Reads the documents.
    ///
    /// - Throws: `BundleBuildError.missing` for a bundle without images; `PayloadError`, `ArchiveError`.
    init(_ bundle: BundleFile) throws {
        guard let pack = bundle.index.packs.first(where: { $0.content == .images }) else {
            throw BundleBuildError.missing("any image", lookedIn: bundle.path.string)
        }
        self.bundle = bundle
        self.pack = pack
        let documents = try ImageCatalog.documents(
            of: pack, bundle.reader(of: pack, prefix: pack.prefix(throughPart: 0)))
        catalog = try ImageCatalog(bundle.index.lock.images, documents: documents, members: pack.members)
    }

    /// Bytes of all members, which `write` reads.
    var size: UInt64 { pack.members.reduce(0) { $0 + $1.size } }

    func write(_ form: ImageForm, into folder: FilePath, _ meter: ByteMeter) throws -> [ExtractSummary.Image] {
        switch form {
        case .oci: try writeLayout(folder.appending("images"), meter)
        case .docker: try writeArchive(folder.appending("images.tar"), meter)
        }
    }

    private func writeLayout(_ folder: FilePath, _ meter: ByteMeter) throws -> [ExtractSummary.Image] {
        let blobs = folder.pushing(FilePath("blobs/sha256"))
        try FileSystem.makeDirectories(blobs)
        var documents: [SHA256Digest: [UInt8]] = [:]
        var entries: [OCIDescriptor] = []
        for image in catalog.images {
            let (target, own) = try image.rewritten(catalog.documents)
            documents.merge(own) { first, _ in first }
            entries.append(Self.entry(image.locked.reference, target))
        }
        try Self.put(Array(try CanonicalJSON.encode(Marker())), at: folder.appending("oci-layout"))
        try Self.put(
            Array(try CanonicalJSON.encode(OCIIndex(manifests: entries))), at: folder.appending("index.json"))
        for (digest, bytes) in documents { try Self.put(bytes, at: blobs.appending(digest.hex)) }
        var written = Set(documents.keys)
        try forEachLayer(meter) { member, content in
            guard written.insert(member.digest).inserted else { return }
            try UnpackedFile.create(at: blobs.appending(member.digest.hex)) {
                try UnpackedFile.copy(content, to: $0, meter)
            }
        }
        return zip(catalog.images, entries).map { image, entry in
            ExtractSummary.Image(
                reference: image.locked.reference, digest: entry.digest,
                isAsPublished: image.locked.layers == .original)
        }
    }

    /// skopeo and this program's own `--image-layout` find an image by the whole name; containerd by the first one.
    private static func entry(_ name: ImageReference, _ target: OCIDescriptor) -> OCIDescriptor {
        OCIDescriptor(
            mediaType: target.mediaType, digest: target.digest, size: target.size,
            annotations: [
                "io.containerd.image.name": name.description, "org.opencontainers.image.ref.name": name.description,
            ])
    }

    /// Layers are in it as the bundle has them: plain, or as published. Its readers take both.
    private func writeArchive(_ path: FilePath, _ meter: ByteMeter) throws -> [ExtractSummary.Image] {
        let time = try SourceDate.parse(bundle.index.createdAt)
        let claims = TagClaims(bundle.index.lock.images)
        let sizes = Dictionary(catalog.images.flatMap(\.layers).map { ($0.member, $0.size) }) { first, _ in first }
        try UnpackedFile.create(at: path) { output in
            let list = catalog.images.map { image in
                // No name by digest can stand there: an image without a tag has none.
                DockerManifest(
                    config: Self.configName(image), repoTags: claims.names(of: image.locked).tag.map { [$0] } ?? [],
                    layers: image.layers.map { Self.layerName($0.member) })
            }
            try Self.add("manifest.json", Array(try CanonicalJSON.encode(list)), time, to: output)
            var written: Set<String> = []
            for image in catalog.images where written.insert(Self.configName(image)).inserted {
                try Self.add(
                    Self.configName(image), catalog.documents[image.config.digest] ?? [], time, to: output)
            }
            try forEachLayer(meter) { member, content in
                let size = sizes[member] ?? 0
                try output.writeAll(
                    TarHeader(name: Self.layerName(member), size: size, modificationTime: time).encode())
                try UnpackedFile.copy(content, to: output, meter)
                try output.writeAll([UInt8](repeating: 0, count: Int(TarHeader.padded(size) - size)))
            }
            try output.writeAll([UInt8](repeating: 0, count: 2 * Int(TarHeader.blockSize)))
        }
        return catalog.images.map { image in
            // What names an image in such an archive is its config.
            ExtractSummary.Image(
                reference: image.locked.reference, digest: image.config.digest,
                isAsPublished: image.locked.layers == .original)
        }
    }

    /// Each member of the pack that is a layer of an image, once, in the pack's order.
    private func forEachLayer(_ meter: ByteMeter, _ body: (ImageMember, any ByteSource) throws -> Void) throws {
        let wanted = Set(catalog.images.flatMap(\.layers).map(\.member))
        try bundle.reader(of: pack).forEachMember(pack.members) { member, content in
            if let name = ImageMember(path: member.path), wanted.contains(name) {
                try body(name, content)
            } else {
                try meter.add(member.size)
            }
            return true
        }
    }

    private static func configName(_ image: ImageCatalog.Image) -> String { "\(image.config.digest.hex).json" }

    private static func layerName(_ member: ImageMember) -> String { "\(member.digest.hex).tar" }

    private static func add(_ name: String, _ bytes: [UInt8], _ time: UInt64, to output: FileDescriptor) throws {
        let size = UInt64(bytes.count)
        try output.writeAll(
            TarHeader(name: name, size: size, modificationTime: time).encode() + bytes
                + [UInt8](repeating: 0, count: Int(TarHeader.padded(size) - size)))
    }

    private static func put(_ bytes: [UInt8], at path: FilePath) throws {
        try UnpackedFile.create(at: path) { try $0.writeAll(bytes) }
    }
}
