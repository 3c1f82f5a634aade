public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Writes a whole file, so that a reader, a crash or a power cut sees either the old content or the new.
///
/// A temporary file beside the target, fsync, rename, fsync of the folder; the temporary file goes on failure. Its name
/// follows from the target's, and its writer holds a lock on it: what a killed writer left is recognised and replaced.
public enum AtomicFile {
    /// - Parameters:
    ///   - bytes: the new content.
    ///   - path: the file; its folder must exist.
    ///   - mode: permission bits, given to a new and to an existing file alike.
    /// - Throws: `HostError.system` with the path and errno.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, mode: UInt16 = 0o644) throws {
        try write(to: path, mode: mode) { try $0.writeAll(bytes) }
    }

    /// As `write`, with another file's content; in memory is a piece of it at a time.
    public static func copy(_ source: FilePath, to path: FilePath, mode: UInt16 = 0o644) throws {
        let input: FileDescriptor
        do {
            input = try FileDescriptor.open(source, .readOnly, options: [.noFollow, .closeOnExec])
        } catch let error as Errno {
            throw HostError.system("open", path: source.string, errno: error.rawValue)
        }
        defer { try? input.close() }
        try write(to: path, mode: mode) { try $0.writeAll(from: input) }
    }

    /// Makes a symbolic link, in the place of what is there: a crash sees either the one or the other.
    ///
    /// - Throws: as `write`.
    public static func link(_ path: FilePath, to target: String) throws {
        let temporary = temporary(for: path)
        do {
            try free(temporary)
            guard symlink(target, temporary.string) == 0 else { throw Errno(rawValue: errno) }
            guard rename(temporary.string, path.string) == 0 else {
                let code = errno
                unlink(temporary.string)
                throw Errno(rawValue: code)
            }
            try FileSystem.syncDirectory(path.removingLastComponent())
        } catch let error as Errno {
            throw HostError.system("make link", path: path.string, errno: error.rawValue)
        }
    }

    private static func write(
        to path: FilePath, mode: UInt16, _ content: (FileDescriptor) throws -> Void
    ) throws {
        let temporary = temporary(for: path)
        do {
            let file = try create(temporary, mode: mode)
            try file.closeAfter {
                do {
                    // The umask does not decide: the mode is part of the content.
                    guard fchmod(file.rawValue, mode_t(mode)) == 0 else { throw Errno(rawValue: errno) }
                    try content(file)
                    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
                    guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
                } catch {
                    // While the lock is held: afterwards the name may be another writer's.
                    unlink(temporary.string)
                    throw error
                }
            }
            try FileSystem.syncDirectory(path.removingLastComponent())
        } catch let error as Errno {
            throw HostError.system("write", path: path.string, errno: error.rawValue)
        }
    }

    /// Removes what whoever made this link left behind when it was killed.
    public static func removeAbandonedLink(beside path: FilePath) throws {
        let temporary = temporary(for: path)
        if try FileSystem.status(temporary)?.kind == .symlink { try FileSystem.remove(temporary) }
    }

    /// Removes what a writer of this file left behind when it was killed. Another's that is at work is left alone.
    public static func removeAbandoned(beside path: FilePath) throws {
        let temporary = temporary(for: path)
        do {
            guard let file = try leftOver(temporary) else { return }
            try file.closeAfter {
                guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, file.isAt(temporary) else { return }
                unlink(temporary.string)
            }
        } catch let error as Errno {
            throw HostError.system("remove", path: temporary.string, errno: error.rawValue)
        }
    }

    static func temporary(for path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "file").kubeferry.tmp")
    }

    /// A new, locked file. A name that is taken is waited for, and freed if its writer is no more.
    private static func create(_ path: FilePath, mode: UInt16) throws -> FileDescriptor {
        while true {
            let file: FileDescriptor
            do {
                file = try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                    permissions: FilePermissions(rawValue: CModeT(mode)))
            } catch Errno.fileExists {
                try free(path)
                continue
            }
            do {
                try lock(file)
                // Between the two steps another writer may have taken it for abandoned.
                if file.isAt(path) { return file }
            } catch {
                try? file.close()
                throw error
            }
            try file.close()
        }
    }

    private static func free(_ path: FilePath) throws {
        guard let file = try leftOver(path) else {
            // A pipe, a link, a folder: no writer of ours makes one, so none is at work on it.
            if let status = try FileSystem.status(path), status.kind != .file { try FileSystem.remove(path) }
            return
        }
        try file.closeAfter {
            try lock(file)
            if file.isAt(path), unlink(path.string) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
        }
    }

    /// The regular file at a temporary name, open; nil where there is none.
    ///
    /// Never waits, even where something else is put there in between: opening a pipe waits for its other end.
    private static func leftOver(_ path: FilePath) throws -> FileDescriptor? {
        guard try FileSystem.status(path)?.kind == .file else { return nil }
        do {
            return try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory, Errno.tooManySymbolicLinkLevels, Errno.noSuchAddressOrDevice {
            return nil
        }
    }

    private static func lock(_ file: FileDescriptor) throws {
        while flock(file.rawValue, LOCK_EX) != 0 {
            switch errno {
            case EINTR: continue
            // A file system without locks: writers of one file at once are on their own there.
            case ENOLCK, EOPNOTSUPP, ENOSYS: return
            default: throw Errno(rawValue: errno)
            }
        }
    }
}
