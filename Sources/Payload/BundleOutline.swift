import BundleModel
import FoundationEssentials

/// Where the parts of a bundle would be, told from its beginning alone: for messages about one that lacks its end.
struct BundleOutline {
    /// The parts after the head, in order, each with the byte that follows it.
    private var parts: [(name: String, end: UInt64)] = []
    /// Whether the tar starts where the index wants it.
    private(set) var isInPlace: Bool
    /// Bytes of the whole file; nil when the beginning does not tell.
    private(set) var fileSize: UInt64?

    /// What every executable begins with.
    private static let executable: [UInt8] = [0x7f] + Array("ELF".utf8)

    /// Looks for a tar that begins with an index.
    static func find(in file: RandomAccessFile, upTo limit: UInt64) throws -> BundleOutline? {
        let wanted = Array(BundleIndex.fileName.utf8) + [0]
        var offset: UInt64 = 0
        while offset < limit, offset + TarHeader.blockSize <= file.size {
            if try file.read(offset..<offset + UInt64(wanted.count)) == wanted,
                let header = try header(at: offset, in: file)
            {
                return try BundleOutline(file, start: offset, index: header)
            }
            offset += BundleFile.alignment
        }
        return nil
    }

    private init(_ file: RandomAccessFile, start: UInt64, index header: TarHeader) throws {
        // Until the index says where it wants to be.
        isInPlace = try start == 0 || file.read(0..<UInt64(Self.executable.count)) == Self.executable
        let content = start + TarHeader.blockSize
        guard header.size <= BundleFile.indexLimit else { return }
        var position = start + header.span
        parts.append(("index", position))
        guard position <= file.size,
            let index = try? CanonicalJSON.decode(
                BundleIndex.self, from: Data(file.read(content..<content + header.size))),
            IndexCheck.problem(index) == nil
        else { return }
        let head = index.head?.size ?? 0
        isInPlace = start == 0 || head <= start && start - head < BundleFile.alignment

        while let signature = try Self.header(at: position, in: file), signature.name.hasPrefix("signatures/") {
            guard signature.size <= TarHeader.blockSize * 8 else { return }
            position += signature.span
        }
        // Without the next header nobody knows how many signatures there were.
        parts.append(("signatures", max(position, min(file.size, position + TarHeader.blockSize))))
        guard position + TarHeader.blockSize <= file.size || index.packs.isEmpty else { return }
        for pack in index.packs {
            position += TarHeader.blockSize + TarHeader.padded(pack.size)
            parts.append(("pack \(pack.name)", position))
        }
        fileSize = position + 2 * TarHeader.blockSize + Trailer.byteCount
    }

    /// The part that a file of so many bytes ends in.
    func region(at size: UInt64) -> String {
        parts.first { size < $0.end }?.name ?? (fileSize == nil ? parts.last?.name ?? "index" : "end")
    }

    private static func header(at offset: UInt64, in file: RandomAccessFile) throws -> TarHeader? {
        guard offset <= file.size, file.size - offset >= TarHeader.blockSize else { return nil }
        return TarHeader.decode(try file.read(offset..<offset + TarHeader.blockSize))
    }
}
