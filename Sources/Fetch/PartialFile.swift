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

    private init(_ path: FilePath, _ file: FileDescriptor) {
        self.path = path
        self.file = file
        validatorPath = FilePath(path.string + ".validator")
    }

    deinit { try? file.close() }

    /// Opens or begins a download. Waits while another task or run downloads the same content.
    static func open(_ path: FilePath) async throws -> PartialFile {
        while true {
            let file = try wrap("open", path) {
                try FileDescriptor.open(
                    path, .readWrite, options: [.create, .append, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
            }
            let partial = PartialFile(path, file)
            // Asks instead of waiting in flock: the holder may be a task that needs this very thread to go on.
            while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
                let code = errno
                guard code == EWOULDBLOCK || code == EINTR else {
                    throw FetchError.system("lock", path: path.string, errno: code)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            // The holder has moved its file to the cache when it finished; then the name is free for a new one.
            if file.isAt(path) { return partial }
        }
    }

    /// Bytes that are there, and the ETag or date that they belong to.
    func begun() throws -> (size: UInt64, validator: String?) {
        let size = UInt64(try Self.wrap("measure", path) { try file.seek(offset: 0, from: .end) })
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
        _ = try Self.wrap("write", path) { try file.writeAll(bytes) }
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

    /// Gives the partial file up, when its content is in the cache already.
    func discard() throws {
        try FileSystem.remove(validatorPath)
        try FileSystem.remove(path)
    }

    private static func wrap<Result>(_ call: String, _ path: FilePath, _ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let error as Errno {
            throw FetchError.system(call, path: path.string, errno: error.rawValue)
        }
    }
}
