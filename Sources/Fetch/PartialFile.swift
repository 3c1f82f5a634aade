import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A download under way: its bytes so far, and what the server needs to continue it. Locked against other runs.
final class PartialFile: Sendable {
    let path: FilePath
    private let validatorPath: FilePath
    private let file: FileDescriptor

    /// Waits for another run that downloads the same content.
    init(_ path: FilePath) throws {
        self.path = path
        validatorPath = FilePath(path.string + ".validator")
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            guard flock(file.rawValue, LOCK_EX) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            throw FetchError.system("open", path: path.string, errno: error.rawValue)
        }
    }

    deinit { try? file.close() }

    /// Bytes that are there, and the ETag or date that they belong to.
    func begun() throws -> (size: UInt64, validator: String?) {
        let size = UInt64(try wrap("measure") { try file.seek(offset: 0, from: .end) })
        return (size, try FileSystem.text(validatorPath))
    }

    func restart(validator: String?) throws {
        guard ftruncate(file.rawValue, 0) == 0 else {
            throw FetchError.system("empty", path: path.string, errno: errno)
        }
        if let validator {
            try AtomicFile.write(Array(validator.utf8), to: validatorPath)
        } else {
            try FileSystem.remove(validatorPath)
        }
    }

    func append(_ bytes: [UInt8]) throws {
        _ = try wrap("write") { try file.writeAll(bytes) }
    }

    /// Moves the checked content to its place.
    ///
    /// - Returns: bytes.
    func commit(to target: FilePath) throws -> UInt64 {
        let size = try begun().size
        guard fsync(file.rawValue) == 0, rename(path.string, target.string) == 0 else {
            throw FetchError.system("keep", path: target.string, errno: errno)
        }
        try FileSystem.syncDirectory(target.removingLastComponent())
        try FileSystem.remove(validatorPath)
        return size
    }

    private func wrap<Result>(_ call: String, _ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let error as Errno {
            throw FetchError.system(call, path: path.string, errno: error.rawValue)
        }
    }
}
