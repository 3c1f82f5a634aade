public import SystemPackage

/// A whole file.
public final class FileByteSource: ByteSource {
    private let path: FilePath
    private let file: FileDescriptor

    /// - Throws: `ArchiveError.system`.
    public init(_ path: FilePath) throws {
        self.path = path
        do { file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) } catch let error as Errno {
            throw ArchiveError.system("open", path: path.string, errno: error.rawValue)
        }
    }

    deinit { try? file.close() }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do { return try file.read(into: buffer) } catch let error as Errno {
            throw ArchiveError.system("read", path: path.string, errno: error.rawValue)
        }
    }
}
