public import Archive
public import BundleModel
import FoundationEssentials
public import Signing
public import SystemPackage

/// An opened bundle: self-extracting or bare. Opening checks the layout, not the trust and not the packs.
public struct BundleFile: Sendable {
    /// Alignment of the outer tar after an executable head.
    static let alignment: UInt64 = 4096
    /// The index of a sane bundle; more is an attack on memory.
    static let indexLimit: UInt64 = 64 << 20

    public let path: FilePath
    /// The exact bytes of bundle.json, which the signatures cover.
    public let indexBytes: [UInt8]
    public let index: BundleIndex
    public let signatures: [BundleSignature]
    /// Every byte of the file, in order, by what it belongs to.
    public let regions: [Region]

    let file: RandomAccessFile
    /// Of every member of the outer tar, seconds since 1970.
    let modificationTime: UInt64
    private let packOffsets: [String: UInt64]

    /// - Throws: `PayloadError`.
    public static func open(_ path: FilePath) throws -> BundleFile {
        try BundleFile(RandomAccessFile(path), isSelf: false)
    }

    /// The bundle that the running executable carries.
    ///
    /// - Throws: `PayloadError.noPayload` where there is none.
    public static func openSelf() throws -> BundleFile {
        try BundleFile(RandomAccessFile("/proc/self/exe"), isSelf: true)
    }

    private init(_ file: RandomAccessFile, isSelf: Bool) throws {
        let name = file.path.string
        let trailer = try Self.trailer(file, isSelf: isSelf)
        let tarEnd = trailer.offset + trailer.length
        var reader = OuterTarReader(file: file, position: trailer.offset, end: tarEnd)

        let indexEntry = try reader.next(expecting: BundleIndex.fileName)
        guard indexEntry.header.size <= Self.indexLimit else {
            throw PayloadError.damaged(
                name, region: "index", offset: indexEntry.content.lowerBound,
                reason: "\(indexEntry.header.size) bytes, at most \(Self.indexLimit) are read")
        }
        indexBytes = try file.read(indexEntry.content)
        guard SHA256Hasher.hash(indexBytes) == trailer.index else {
            throw PayloadError.damaged(
                name, region: "index", offset: indexEntry.content.lowerBound, reason: "its digest is not the trailer's")
        }
        index = try Self.parse(indexBytes, name: name, offset: indexEntry.content.lowerBound)

        var signatures: [BundleSignature] = []
        var regions = [Region(name: "index", offset: indexEntry.content.lowerBound, size: indexEntry.header.size)]
        while let entry = try reader.peek(), entry.header.name.hasPrefix("signatures/") {
            let signature = try reader.nextSignature()
            signatures.append(signature.signature)
            regions += signature.regions
        }
        var offsets: [String: UInt64] = [:]
        for pack in index.packs {
            let entry = try reader.next(expecting: pack.path)
            guard entry.header.size == pack.size else {
                throw PayloadError.damaged(
                    name, region: "pack \(pack.name)", offset: entry.content.lowerBound,
                    reason: "\(entry.header.size) bytes, the index says \(pack.size)")
            }
            try Self.check(pack, name: name, offset: entry.content.lowerBound)
            offsets[pack.name] = entry.content.lowerBound
            regions.append(Region(name: "pack \(pack.name)", offset: entry.content.lowerBound, size: pack.size))
        }
        try reader.finish()

        self.file = file
        self.path = file.path
        modificationTime = indexEntry.header.modificationTime
        self.signatures = signatures
        packOffsets = offsets
        self.regions = try Self.complete(regions, head: index.head, trailer: trailer, file: file)
    }

    /// The executable before the bundle; nil for a bare bundle.
    public var headRegion: Range<UInt64>? { regions.first { $0.name == "head" }?.range }

    /// Bytes of a pack in this file.
    public func region(of pack: Pack) throws -> Range<UInt64> {
        guard let offset = packOffsets[pack.name] else { throw PayloadError.unknownPack(pack.name) }
        return offset..<offset + pack.size
    }

    /// The packs that a node needs, in the index's order.
    ///
    /// - Parameter osRelease: ID and VERSION_ID of /etc/os-release, `debian-12`.
    public func packs(role: NodeRole, osRelease: String) -> [Pack] {
        index.packs.filter { $0.selector.selects(role: role, osRelease: osRelease) }
    }

    /// A pack's compressed bytes; every chunk is checked against the index before any of it is given out.
    public func source(of pack: Pack) throws -> any ByteSource {
        ChunkSource(file: file, pack: pack, offset: try region(of: pack).lowerBound)
    }

    private static func trailer(_ file: RandomAccessFile, isSelf: Bool) throws -> Trailer {
        let name = file.path.string
        guard file.size >= Trailer.byteCount else {
            throw PayloadError.notABundle(name, reason: "\(file.size) bytes are too few")
        }
        switch Trailer.decode(try file.read(file.size - Trailer.byteCount..<file.size)) {
        case .none:
            if isSelf { throw PayloadError.noPayload(name) }
            throw PayloadError.notABundle(name, reason: "it does not end with a bundle's trailer; it may be truncated")
        case .newer(let version):
            throw PayloadError.newer(name, what: "the format", found: Int(version), known: Int(Trailer.version))
        case .trailer(let trailer):
            let (end, overflow) = trailer.offset.addingReportingOverflow(trailer.length)
            guard !overflow, end <= UInt64.max - Trailer.byteCount, end + Trailer.byteCount == file.size else {
                throw PayloadError.wrongLength(
                    name, expected: overflow ? UInt64.max : end &+ Trailer.byteCount, actual: file.size)
            }
            guard trailer.offset % alignment == 0, trailer.length % TarHeader.blockSize == 0 else {
                throw PayloadError.damaged(
                    name, region: "trailer", offset: file.size - Trailer.byteCount, reason: "offsets that cannot be")
            }
            return trailer
        }
    }

    private static func parse(_ bytes: [UInt8], name: String, offset: UInt64) throws -> BundleIndex {
        struct Schema: Decodable { let schemaVersion: Int }
        do {
            let schema = try CanonicalJSON.decode(Schema.self, from: Data(bytes))
            guard schema.schemaVersion == BundleIndex.currentSchemaVersion else {
                throw PayloadError.newer(
                    name, what: "the index", found: schema.schemaVersion, known: BundleIndex.currentSchemaVersion)
            }
            return try CanonicalJSON.decode(BundleIndex.self, from: Data(bytes))
        } catch let error as PayloadError {
            throw error
        } catch {
            throw PayloadError.damaged(name, region: "index", offset: offset, reason: "not readable: \(error)")
        }
    }

    /// The index's own arithmetic: chunks that cover the pack, and the identity over them.
    private static func check(_ pack: Pack, name: String, offset: UInt64) throws {
        let isWhole =
            pack.chunkSize > 0 && pack.chunkSize <= 64 << 20
            && UInt64(pack.chunks.count) == (pack.size + pack.chunkSize - 1) / pack.chunkSize
        let identity = SHA256Hasher.hash(pack.chunks.flatMap(\.bytes))
        guard isWhole, identity == pack.digest else {
            throw PayloadError.damaged(
                name, region: "index", offset: offset, reason: "the chunks of pack \(pack.name) do not fit together")
        }
    }

    /// Names the rest of the file, and checks the parts that hold nothing.
    private static func complete(
        _ regions: [Region], head: Head?, trailer: Trailer, file: RandomAccessFile
    ) throws -> [Region] {
        let name = file.path.string
        let headSize = head?.size ?? 0
        // The index is not trusted yet: no sum with its number that could overflow. A bundle that was taken out of its
        // self-extracting file still names the head.
        let fits = headSize <= trailer.offset && trailer.offset - headSize < alignment
        guard fits || trailer.offset == 0 else {
            throw PayloadError.damaged(
                name, region: "head", offset: 0, reason: "\(headSize) bytes before a bundle at \(trailer.offset)")
        }
        var all = regions
        if trailer.offset > 0 {
            let padding = headSize..<trailer.offset
            guard try file.read(padding).allSatisfy({ $0 == 0 }) else {
                throw PayloadError.damaged(
                    name, region: "padding", offset: padding.lowerBound, reason: "bytes other than zero")
            }
            all.append(Region(name: "head", offset: 0, size: headSize))
            if !padding.isEmpty { all.append(Region(name: "padding", offset: headSize, size: UInt64(padding.count))) }
        }
        all.append(Region(name: "trailer", offset: file.size - Trailer.byteCount, size: Trailer.byteCount))
        all.append(Region(name: "header", offset: trailer.offset, size: TarHeader.blockSize))
        return all.sorted { $0.offset < $1.offset }
    }
}
