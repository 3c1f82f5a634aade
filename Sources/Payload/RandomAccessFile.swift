import SystemPackage

/// A file that is read at offsets, from any thread, closed with its owner.
final class RandomAccessFile: Sendable {
    let path: FilePath
    let size: UInt64
    private let file: FileDescriptor

    init(_ path: FilePath) throws {
        self.path = path
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            size = UInt64(try file.seek(offset: 0, from: .end))
        } catch let error as Errno {
            throw PayloadError.system("open", path: path.string, errno: error.rawValue)
        }
    }

    deinit { try? file.close() }

    /// Exactly the bytes of a range that lies inside the file.
    func read(_ range: Range<UInt64>) throws -> [UInt8] {
        guard range.upperBound <= size else {
            throw PayloadError.wrongLength(path.string, expected: range.upperBound, actual: size)
        }
        var bytes = [UInt8](repeating: 0, count: range.count)
        try bytes.withUnsafeMutableBytes { try read(at: range.lowerBound, into: $0) }
        return bytes
    }

    /// Fills the buffer from an offset.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            do {
                let count = try file.read(fromAbsoluteOffset: Int64(offset) + Int64(done), into: rest)
                guard count > 0 else {
                    let expected = offset + UInt64(buffer.count)
                    throw PayloadError.wrongLength(path.string, expected: expected, actual: offset + UInt64(done))
                }
                done += count
            } catch let error as Errno {
                throw PayloadError.system("read", path: path.string, errno: error.rawValue)
            }
        }
    }
}
