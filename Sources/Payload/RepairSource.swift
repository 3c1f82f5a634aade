import BundleModel
import Signing
import SystemPackage

/// A copy of a bundle that may be damaged anywhere, and what of its beginning can still be read. Nothing is believed.
struct RepairSource {
    /// An executable before a bundle is not larger.
    private static let headLimit: UInt64 = 256 << 20
    /// Blocks that are looked at for the first pack: so many take all signatures that a bundle may have.
    private static let blockLimit: UInt64 = 4096

    let file: RandomAccessFile
    /// Where the outer tar begins; nil where that cannot be told.
    let tar: UInt64?
    let index: [UInt8]?
    let signatures: [BundleSignature]
    /// Of the outer tar's members, seconds since 1970.
    let modificationTime: UInt64?

    var path: String { file.path.string }

    init(_ file: RandomAccessFile) {
        self.file = file
        guard let (start, header) = Self.index(in: file) else {
            (tar, index, signatures, modificationTime) = (nil, nil, [], nil)
            return
        }
        let content = start + TarHeader.blockSize
        let bytes = try? file.read(content..<content + header.size)
        var found: [BundleSignature] = []
        var reader = OuterTarReader(file: file, position: start + header.span, end: file.size)
        while start + header.span <= file.size, found.count < BundleFile.signatureLimit,
            let signature = try? reader.nextSignature()
        {
            found.append(signature.signature)
        }
        (tar, index, signatures, modificationTime) = (start, bytes, found, header.modificationTime)
    }

    /// Where the first pack's header stands, if it can be found.
    func firstPack(named name: String) -> UInt64? {
        guard let tar, let index else { return nil }
        var position = tar + TarHeader.blockSize + TarHeader.padded(UInt64(index.count))
        for _ in 0..<Self.blockLimit {
            if Self.header(at: position, in: file)?.name == name { return position }
            position += TarHeader.blockSize
        }
        return nil
    }

    /// Where the trailer says, else wherever an index's header stands at a place where a tar may begin.
    private static func index(in file: RandomAccessFile) -> (start: UInt64, header: TarHeader)? {
        func header(at offset: UInt64) -> TarHeader? {
            guard let header = Self.header(at: offset, in: file), header.name == BundleIndex.fileName,
                header.size <= BundleFile.indexLimit
            else { return nil }
            return header
        }
        if file.size >= Trailer.byteCount,
            let end = try? file.read(file.size - Trailer.byteCount..<file.size),
            case .trailer(let trailer) = Trailer.decode(end), let found = header(at: trailer.offset)
        {
            return (trailer.offset, found)
        }
        var offset: UInt64 = 0
        while offset < min(file.size, headLimit) {
            if let found = header(at: offset) { return (offset, found) }
            offset += BundleFile.alignment
        }
        return nil
    }

    private static func header(at offset: UInt64, in file: RandomAccessFile) -> TarHeader? {
        guard offset <= file.size, file.size - offset >= TarHeader.blockSize,
            let block = try? file.read(offset..<offset + TarHeader.blockSize)
        else { return nil }
        return TarHeader.decode(block)
    }
}
