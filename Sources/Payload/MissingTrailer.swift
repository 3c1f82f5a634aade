import BundleModel
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Says of a file that does not end with a trailer what became of it, as far as one can know.
///
/// Only for a message: a reader never searches, and nothing that is found here is believed.
struct MissingTrailer {
    /// An executable before a bundle is not larger.
    private static let headLimit: UInt64 = 256 << 20
    /// Bytes that are searched for a trailer in a wrong place.
    private static let searchLimit: UInt64 = 4 << 30

    private let file: RandomAccessFile
    private var name: String { file.path.string }

    init(_ file: RandomAccessFile) { self.file = file }

    /// - Parameter isSelf: whether the file is the running program, which may carry nothing.
    func error(isSelf: Bool) throws -> PayloadError {
        let outline = try BundleOutline.find(in: file, upTo: Self.headLimit)
        let begins = outline?.isInPlace ?? false
        if let outline, begins, outline.fileSize ?? .max > file.size {
            let region = outline.region(at: file.size)
            return .truncated(name, region: region, expected: outline.fileSize, actual: file.size)
        }
        if isSelf, outline == nil { return .noPayload(name) }
        guard let (position, trailer) = try trailerInside(), let expected = trailer.fileSize else {
            guard begins, let expected = outline?.fileSize else {
                return .notABundle(name, reason: "it does not end with a bundle's trailer; it may be truncated")
            }
            if expected < file.size { return .wrongLength(name, expected: expected, actual: file.size) }
            return .damaged(
                name, region: "trailer", offset: file.size - Trailer.byteCount, reason: "not a bundle's trailer")
        }
        if expected == file.size {
            return .wrongOrder(
                name, size: expected, reason: "the end of the bundle is at byte \(position + Trailer.byteCount)")
        }
        return .wrongLength(name, expected: expected, actual: file.size)
    }

    /// The first thing that looks like a trailer.
    private func trailerInside() throws -> (position: UInt64, trailer: Trailer)? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var position: UInt64 = 0
        let end = min(file.size, Self.searchLimit)
        while position + Trailer.byteCount <= end {
            let count = Int(min(UInt64(buffer.count), end - position))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try file.read(at: position, into: piece)
            for offset in Self.marks(in: UnsafeRawBufferPointer(piece)) {
                let start = position + UInt64(offset)
                guard start + Trailer.byteCount <= file.size else { continue }
                if case .trailer(let found) = Trailer.decode(try file.read(start..<start + Trailer.byteCount)),
                    found.isAligned, found.fileSize != nil
                {
                    return (start, found)
                }
            }
            // A mark may lie across the border of two pieces.
            position += UInt64(max(1, count - Trailer.magic.count + 1))
        }
        return nil
    }

    private static func marks(in piece: UnsafeRawBufferPointer) -> [Int] {
        guard let base = piece.baseAddress else { return [] }
        let magic = Trailer.magic
        var found: [Int] = []
        var start = 0
        while piece.count - start >= magic.count,
            let place = memchr(base + start, Int32(magic[0]), piece.count - start - magic.count + 1)
        {
            let offset = UnsafeRawPointer(place) - base
            if piece[offset..<offset + magic.count].elementsEqual(magic) { found.append(offset) }
            start = offset + 1
        }
        return found
    }
}
