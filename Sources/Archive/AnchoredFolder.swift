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

    /// The folder of that relative path, made where it is missing.
    ///
    /// Missing folders above the last get mode 0755. The name of a new folder is synced into the one that holds it. One
    /// that is there keeps its mode: it may be the host's.
    func folder(_ relative: some Collection<String>, mode: UInt32 = 0o755) throws -> AnchoredFolder {
        var here = self
        for (number, name) in relative.enumerated() {
            here = try here.child(name, mode: number == relative.count - 1 ? mode : 0o755)
        }
        return here
    }

    /// The folder of that relative path; nil where a part of it is missing, is a link, or is not a folder.
    func existing(_ relative: some Sequence<String>) -> AnchoredFolder? {
        var here = self
        for name in relative {
            let opened = here.openFolder(name)
            guard opened >= 0 else { return nil }
            here = AnchoredFolder(here.path.appending(name), FileDescriptor(rawValue: opened))
        }
        return here
    }

    private func child(_ name: String, mode: UInt32) throws -> AnchoredFolder {
        let place = path.appending(name)
        let isNew = mkdirat(descriptor.rawValue, name, mode_t(mode)) == 0
        guard isNew || errno == EEXIST else {
            throw ArchiveError.system("make folder", path: place.string, errno: errno)
        }
        let opened = openFolder(name)
        guard opened >= 0 else {
            let isLink = errno == ENOTDIR || errno == ELOOP
            throw ArchiveError.system(
                isLink ? "open (links are not followed) the folder" : "open folder", path: place.string, errno: errno)
        }
        let folder = AnchoredFolder(place, FileDescriptor(rawValue: opened))
        if isNew {
            // The umask does not decide. By descriptor: the name may be another thing by now.
            guard fchmod(opened, mode_t(mode)) == 0, fsync(opened) == 0 else {
                throw ArchiveError.system("set the mode of", path: place.string, errno: errno)
            }
            try sync()
        }
        return folder
    }

    private func openFolder(_ name: String) -> Int32 {
        openat(descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }

    /// Opens what is there for reading: a link is not followed, a FIFO not waited for. Nil where that does not go.
    func open(_ name: String) -> FileDescriptor? {
        let opened = openat(descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        return opened >= 0 ? FileDescriptor(rawValue: opened) : nil
    }

    /// Creates an empty file, mode 0600, in place of one that is there.
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
