import FoundationEssentials
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The few file operations that the platform's libraries do not offer without name look-ups.
public enum FileSystem {
    /// Makes a rename or a new file in a folder survive a power cut.
    public static func syncDirectory(_ path: FilePath) throws {
        let folder = path.isEmpty ? FilePath(".") : path
        do {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw HostError.system("sync", path: folder.string, errno: error.rawValue)
        }
    }

    /// The whole content of a file that is known to be small.
    ///
    /// - Parameter limit: bytes; a larger file is an error (EFBIG), so that no input can exhaust memory.
    public static func read(_ path: FilePath, limit: Int = 64 << 20) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try file.closeAfter {
                var content: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 64 << 10)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                    if count == 0 { return content }
                    guard content.count + count <= limit else { throw Errno.fileTooLarge }
                    content.append(contentsOf: buffer[..<count])
                }
            }
        } catch let error as Errno {
            throw HostError.system("read", path: path.string, errno: error.rawValue)
        }
    }

    /// As `read`, for a file that the operator named: one that is not there, is a folder or may not be read is their
    /// mistake.
    ///
    /// - Throws: `HostError.unreadableInput` for those, else as `read`.
    public static func readInput(_ path: FilePath, limit: Int = 64 << 20) throws -> [UInt8] {
        do {
            return try read(path, limit: limit)
        } catch HostError.system(_, let name, let code)
            where [ENOENT, ENOTDIR, EACCES, EPERM, EISDIR, ELOOP, EFBIG, ENAMETOOLONG].contains(code)
        {
            throw HostError.unreadableInput(path: name, errno: code)
        }
    }

    /// As `read`, or nil where there is no such file.
    public static func readIfPresent(_ path: FilePath, limit: Int = 64 << 20) throws -> [UInt8]? {
        do {
            return try read(path, limit: limit)
        } catch HostError.system(_, _, Errno.noSuchFileOrDirectory.rawValue) {
            return nil
        }
    }

    /// Text of a small file, or nil where there is none.
    public static func text(_ path: FilePath) throws -> String? {
        try readIfPresent(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a path is, not following a symbolic link at its end; nil where nothing is.
    public static func status(_ path: FilePath) throws -> FileStatus? {
        var status = stat()
        guard lstat(path.string, &status) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw HostError.system("look at", path: path.string, errno: code)
        }
        return FileStatus(status)
    }

    /// Where a path leads, links followed; the path itself where nothing is.
    public static func resolvingLinks(_ path: FilePath) throws -> FilePath {
        guard let resolved = realpath(path.string, nil) else {
            let code = errno
            if code == ENOENT { return path }
            throw HostError.system("follow", path: path.string, errno: code)
        }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }

    public static func exists(_ path: FilePath) -> Bool {
        (try? status(path)) != nil
    }

    /// Makes a folder and the missing ones above it, with mode 0755 or the one given for the last.
    ///
    /// - Returns: the folders that were made, outermost first.
    @discardableResult
    public static func makeDirectories(_ path: FilePath, mode: UInt16 = 0o755) throws -> [FilePath] {
        if let status = try status(path), status.kind == .directory { return [] }
        var made: [FilePath] = []
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { made = try makeDirectories(parent) }
        if mkdir(path.string, mode_t(mode)) == 0 {
            chmod(path.string, mode_t(mode))
            return made + [path]
        }
        let code = errno
        var followed = stat()
        if code == EEXIST, stat(path.string, &followed) == 0, followed.st_mode & S_IFMT == S_IFDIR { return made }
        throw HostError.system("make folder", path: path.string, errno: code)
    }

    /// Removes a file, a link or an empty folder; nothing there is fine.
    public static func remove(_ path: FilePath) throws {
        guard Glibc.remove(path.string) != 0 else { return }
        let code = errno
        if code != ENOENT { throw HostError.system("remove", path: path.string, errno: code) }
    }

    /// Names in a folder, sorted, without `.` and `..`; empty where there is no folder.
    public static func list(_ path: FilePath) throws -> [String] {
        guard let stream = opendir(path.string) else {
            let code = errno
            if code == ENOENT { return [] }
            throw HostError.system("list", path: path.string, errno: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Free bytes for this user on the file system that holds a path.
    public static func freeBytes(_ path: FilePath) throws -> UInt64 {
        var result = statvfs()
        guard statvfs(path.string, &result) == 0 else {
            throw HostError.system("ask for free space at", path: path.string, errno: errno)
        }
        return UInt64(result.f_bavail) * UInt64(result.f_frsize)
    }
}
