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
    /// So many keys sign no sane bundle; each costs time before any of them is believed.
    static let signatureLimit = 64

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

    /// - Parameter path: of the file, of any volume of a set, or of a set without the volumes' numbers.
    /// - Throws: `PayloadError`.
    public static func open(_ path: FilePath) throws -> BundleFile {
        try BundleFile(VolumeSet.open(path), isSelf: false)
    }

    /// The bundle that the running executable carries.
    ///
    /// - Throws: `PayloadError.noPayload` where there is none.
    public static func openSelf() throws -> BundleFile {
        try BundleFile(VolumeSet.openSelf(), isSelf: true)
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
        if let problem = IndexCheck.problem(index) {
            throw PayloadError.damaged(
                name, region: "index", offset: indexEntry.content.lowerBound, reason: problem)
        }

        var signatures: [BundleSignature] = []
        var contents = [Region(name: "index", offset: indexEntry.content.lowerBound, size: indexEntry.header.size)]
        while let entry = try reader.peek(), entry.header.name.hasPrefix("signatures/") {
            let position = reader.position
            let signature = try reader.nextSignature()
            let isNext = signatures.last.map { $0.keyID < signature.signature.keyID } ?? true
            guard isNext, signatures.count < Self.signatureLimit else {
                throw PayloadError.damaged(
                    name, region: "header", offset: position,
                    reason: "signatures are sorted by key, one of each, at most \(Self.signatureLimit)")
            }
            signatures.append(signature.signature)
            contents += signature.regions
        }
        var offsets: [String: UInt64] = [:]
        for pack in index.packs {
            let entry = try reader.next(expecting: pack.path)
            guard entry.header.size == pack.size else {
                throw PayloadError.damaged(
                    name, region: "pack \(pack.name)", offset: entry.content.lowerBound,
                    reason: "\(entry.header.size) bytes, the index says \(pack.size)")
            }
            offsets[pack.name] = entry.content.lowerBound
            contents.append(Region(name: "pack \(pack.name)", offset: entry.content.lowerBound, size: pack.size))
        }
        try reader.finish()

        self.file = file
        self.path = file.path
        modificationTime = indexEntry.header.modificationTime
        self.signatures = signatures
        packOffsets = offsets
        regions = try Self.regions(around: contents, head: index.head, trailer: trailer, file: file)
    }

    /// The volumes that the bundle is read from, in order; the file itself where it is whole.
    public var volumes: [FilePath] { file.files }

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
    ///
    /// - Parameter prefix: how much of the pack; nil for all.
    public func source(of pack: Pack, prefix: Pack.Prefix? = nil) throws -> any ByteSource {
        ChunkSource(file: file, pack: pack, prefix: prefix ?? pack.whole, offset: try region(of: pack).lowerBound)
    }
}
