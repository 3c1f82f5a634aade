import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A file that is read at offsets, from any thread, closed with its owner.
final class RandomAccessFile: Sendable {
    let path: FilePath
    let size: UInt64
    private let file: FileDescriptor

    /// - Throws: `PayloadError.notABundle` for anything but a regular file, which has no size to rely on.
    init(_ path: FilePath) throws {
        let opened: FileDescriptor
        do {
            // A FIFO is not waited for.
            opened = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch let error as Errno {
            throw PayloadError.system("open", path: path.string, errno: error.rawValue)
        }
        var status = stat()
        guard fstat(opened.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            // Closed by hand: deinit does not run for what is not whole.
            try? opened.close()
            throw PayloadError.notABundle(path.string, reason: "not a regular file")
        }
        self.path = path
        file = opened
        size = UInt64(status.st_size)
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
