import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A file, or the volumes of one, read at offsets, from any thread; closed with its owner.
final class RandomAccessFile: Sendable {
    /// An open file whose beginning is a piece of the whole.
    struct Piece: Sendable {
        let path: FilePath
        let file: FileDescriptor
        /// Where its bytes stand in the whole.
        let range: Range<UInt64>
    }

    let path: FilePath
    /// Bytes of the whole.
    let size: UInt64
    /// In order; what none of them has cannot be read.
    private let pieces: [Piece]

    /// - Parameter name: for messages; the path itself unless it is given.
    /// - Throws: `PayloadError.notABundle` for anything but a regular file, which has no size to rely on.
    init(_ path: FilePath, named name: FilePath? = nil) throws {
        let (file, size) = try RandomAccessFile.open(path)
        let path = name ?? path
        self.path = path
        self.size = size
        pieces = [Piece(path: path, file: file, range: 0..<size)]
    }

    /// Takes the open files of a set of volumes over.
    ///
    /// - Parameter size: bytes of the bundle.
    init(_ path: FilePath, size: UInt64, pieces: [Piece]) {
        self.path = path
        self.size = size
        self.pieces = pieces
    }

    deinit {
        for piece in pieces { try? piece.file.close() }
    }

    /// The files of a set of volumes; the file itself where it is whole.
    var files: [FilePath] { pieces.map(\.path) }

    /// - Returns: the open file and its size in bytes.
    static func open(_ path: FilePath) throws -> (file: FileDescriptor, size: UInt64) {
        let opened: FileDescriptor
        do {
            // A FIFO is not waited for.
            opened = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch let error as Errno {
            throw PayloadError.system("open", path: path.string, errno: error.rawValue)
        }
        var status = stat()
        guard fstat(opened.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            try? opened.close()
            throw PayloadError.notABundle(path.string, reason: "not a regular file")
        }
        return (opened, UInt64(status.st_size))
    }

    /// The name for messages about a range: of the volumes that hold it.
    func name(of range: Range<UInt64>) -> String {
        guard pieces.count > 1 else { return path.string }
        let names = pieces.filter { $0.range.overlaps(range) }.map(\.path.string)
        return names.isEmpty ? path.string : names.joined(separator: ", ")
    }

    /// Exactly the bytes of a range that lies inside the file.
    func read(_ range: Range<UInt64>) throws -> [UInt8] {
        guard range.upperBound <= size else {
            throw PayloadError.wrongLength(path.string, expected: range.upperBound, actual: size)
        }
        var bytes = [UInt8](repeating: 0, count: range.count)
        try bytes.withUnsafeMutableBytes { try read(at: range.lowerBound, into: $0) }
        return bytes
    }

    /// A stick that was pulled is no wrong path.
    private static func failure(_ error: Errno, _ piece: Piece, at position: UInt64) -> PayloadError {
        [EIO, ENODEV, ENXIO, ESTALE, ETIMEDOUT].contains(error.rawValue)
            ? .unreadable(piece.path.string, offset: position - piece.range.lowerBound, errno: error.rawValue)
            : .system("read", path: piece.path.string, errno: error.rawValue)
    }

    /// Fills the buffer from an offset.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let position = offset + UInt64(done)
            guard let piece = pieces.first(where: { $0.range.contains(position) }) else {
                throw PayloadError.wrongLength(
                    path.string, expected: offset + UInt64(buffer.count), actual: min(position, size))
            }
            let room = Int(min(UInt64(buffer.count - done), piece.range.upperBound - position))
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + room])
            do {
                let start = position - piece.range.lowerBound
                let count = try piece.file.read(fromAbsoluteOffset: Int64(start), into: rest)
                guard count > 0 else {
                    throw PayloadError.wrongLength(
                        piece.path.string, expected: start + UInt64(rest.count), actual: start)
                }
                done += count
            } catch let error as Errno {
                throw Self.failure(error, piece, at: position)
            }
        }
    }
}
