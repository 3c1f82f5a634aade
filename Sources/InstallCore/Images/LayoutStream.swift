import Archive
import BundleModel
import FoundationEssentials
import Payload
import SystemPackage

/// Images of a pack as one OCI layout in a tar, which `ctr images import` reads from a pipe: made while the pack is
/// read, nothing staged, memory bounded by the documents.
///
/// Layers that the pack has plain are plain here too; their images' manifests are rewritten for that, configs stay as
/// they are. Images with original layers are as published, byte for byte.
struct LayoutStream {
    /// One for each name.
    private let entries: [OCIDescriptor]
    /// By digest; each once.
    private var documents: [SHA256Digest: [UInt8]] = [:]
    private let wanted: Set<ImageMember>

    private struct Marker: Encodable {
        let imageLayoutVersion = "1.0.0"
    }

    /// - Parameters:
    ///   - catalog: of the images that are to be in it.
    ///   - claims: of the bundle that they are of.
    init(_ catalog: ImageCatalog, _ claims: TagClaims) throws {
        var entries: [OCIDescriptor] = []
        for image in catalog.images {
            let (target, own) = try image.rewritten(catalog.documents)
            entries += Self.names(of: image.locked, claims).map { Self.entry($0, image.locked.reference, target) }
            documents.merge(own) { first, _ in first }
        }
        self.entries = entries
        wanted = Set(catalog.images.flatMap(\.layers).map(\.member))
    }

    /// The names of an image's entries, and of its records once containerd has read them: those that it has by the
    /// other way too. A manifest that was rewritten is not what a name by digest says, and has none.
    static func names(of image: LockedImage, _ claims: TagClaims) -> [String] {
        let names = claims.names(of: image)
        // What is asked for by digest is not loaded with plain layers.
        guard image.layers == .unpacked, image.reference.digest == nil, let tag = names.tag else { return names.all }
        return [tag]
    }

    /// Blocks.
    ///
    /// - Parameters:
    ///   - reader: of the pack, as far as `members` go.
    ///   - output: left open. A reader that went away surfaces as `Errno.brokenPipe`.
    ///   - advanced: called with the bytes of members' content that were read since the last call.
    /// - Throws: `ArchiveError`, the output's `Errno`, and what the reader's source throws.
    func write(
        _ reader: PackReader, members: some Sequence<Pack.Member>, to output: FileDescriptor,
        advanced: (UInt64) -> Void
    ) throws {
        try add("oci-layout", Array(try CanonicalJSON.encode(Marker())), to: output)
        try add("index.json", Array(try CanonicalJSON.encode(OCIIndex(manifests: entries))), to: output)
        for (digest, bytes) in documents.sorted(by: { $0.key < $1.key }) {
            try add(ImageMember.blob(digest).path, bytes, to: output)
        }
        var written = Set(documents.keys)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        try reader.forEachMember(members) { member, content in
            guard let name = ImageMember(path: member.path), wanted.contains(name),
                written.insert(name.digest).inserted
            else {
                advanced(member.size)
                return true
            }
            try output.writeAll(Self.header(ImageMember.blob(name.digest).path, member.size))
            while true {
                let count = try content.read(into: buffer)
                if count == 0 { break }
                try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                advanced(UInt64(count))
            }
            try output.writeAll(Self.padding(member.size))
            return true
        }
        // The end mark comes last: what is damaged anywhere gives no whole archive.
        try output.writeAll([UInt8](repeating: 0, count: 2 * Int(TarHeader.blockSize)))
    }

    /// containerd names the image by the first annotation; other tools show the second.
    private static func entry(
        _ name: String, _ reference: ImageReference, _ target: OCIDescriptor
    ) -> OCIDescriptor {
        var annotations = ["io.containerd.image.name": name]
        if name == reference.tagged { annotations["org.opencontainers.image.ref.name"] = reference.tag }
        return OCIDescriptor(
            mediaType: target.mediaType, digest: target.digest, size: target.size, annotations: annotations)
    }

    private func add(_ name: String, _ bytes: [UInt8], to output: FileDescriptor) throws {
        let size = UInt64(bytes.count)
        try output.writeAll(Self.header(name, size) + bytes + Self.padding(size))
    }

    private static func header(_ name: String, _ size: UInt64) -> [UInt8] {
        TarHeader(name: name, size: size, modificationTime: 0).encode()
    }

    private static func padding(_ size: UInt64) -> [UInt8] {
        [UInt8](repeating: 0, count: Int(TarHeader.padded(size) - size))
    }
}
