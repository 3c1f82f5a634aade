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
        let temporary = temporary(for: path)
        do {
            let file = try create(temporary, mode: mode)
            try file.closeAfter {
                do {
                    // The umask does not decide: the mode is part of the content.
                    guard fchmod(file.rawValue, mode_t(mode)) == 0 else { throw Errno(rawValue: errno) }
                    try file.writeAll(bytes)
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

    /// Removes what a writer of this file left behind when it was killed. Another's that is at work is left alone.
    public static func removeAbandoned(beside path: FilePath) throws {
        let temporary = temporary(for: path)
        do {
            let file = try FileDescriptor.open(temporary, .readOnly, options: [.noFollow, .closeOnExec])
            try file.closeAfter {
                guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, isAt(temporary, file) else { return }
                unlink(temporary.string)
            }
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return
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
                if isAt(path, file) { return file }
            } catch {
                try? file.close()
                throw error
            }
            try file.close()
        }
    }

    private static func free(_ path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
            try file.closeAfter {
                try lock(file)
                if isAt(path, file), unlink(path.string) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
            }
        } catch Errno.noSuchFileOrDirectory {
            return
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

    private static func isAt(_ path: FilePath, _ file: FileDescriptor) -> Bool {
        var held = stat()
        var named = stat()
        return fstat(file.rawValue, &held) == 0 && lstat(path.string, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }
}
