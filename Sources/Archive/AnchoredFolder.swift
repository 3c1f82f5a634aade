import BundleModel
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A folder by descriptor. Everything below it is reached without following a symbolic link.
final class AnchoredFolder {
    let descriptor: FileDescriptor
    private let path: FilePath

    /// - Parameter path: an existing folder; the way to it is trusted.
    init(_ path: FilePath) throws {
        self.path = path
        do { descriptor = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec]) } catch let
            error
            as Errno
        {
            throw ArchiveError.system("open", path: path.string, errno: error.rawValue)
        }
    }

    private init(_ path: FilePath, _ descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }

    /// The folder of that relative path, made where it is missing (mode 0755).
    func folder(_ relative: some Sequence<Substring>) throws -> AnchoredFolder {
        var here = self
        for component in relative { here = try here.child(String(component)) }
        return here
    }

    private func child(_ name: String) throws -> AnchoredFolder {
        let place = path.appending(name)
        if mkdirat(descriptor.rawValue, name, 0o755) == 0 {
            // The umask does not decide.
            fchmodat(descriptor.rawValue, name, 0o755, 0)
        } else if errno != EEXIST {
            throw ArchiveError.system("make folder", path: place.string, errno: errno)
        }
        let opened = openat(descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw ArchiveError.system("open folder", path: place.string, errno: errno) }
        return AnchoredFolder(place, FileDescriptor(rawValue: opened))
    }

    /// Creates a file that must not be there yet.
    func create(_ name: String) throws -> FileDescriptor {
        unlinkat(descriptor.rawValue, name, 0)
        let opened = openat(
            descriptor.rawValue, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard opened >= 0 else { throw ArchiveError.system("create", path: path.appending(name).string, errno: errno) }
        return FileDescriptor(rawValue: opened)
    }

    func rename(_ old: String, to new: String) throws {
        guard renameat(descriptor.rawValue, old, descriptor.rawValue, new) == 0 else {
            throw ArchiveError.system("rename to", path: path.appending(new).string, errno: errno)
        }
    }

    func remove(_ name: String) {
        unlinkat(descriptor.rawValue, name, 0)
    }

    func sync() throws {
        guard fsync(descriptor.rawValue) == 0 else {
            throw ArchiveError.system("sync", path: path.string, errno: errno)
        }
    }
}
