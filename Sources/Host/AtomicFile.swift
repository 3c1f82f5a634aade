import FoundationEssentials
import Synchronization
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Writes a whole file, so that a reader, a crash or a power cut sees either the old content or the new.
///
/// A temporary file beside the target, fsync, rename, fsync of the folder; the temporary file goes on failure.
public enum AtomicFile {
    /// Two writers of one file in this process need a temporary file each.
    private static let serial = Atomic<Int>(0)

    /// - Parameters:
    ///   - bytes: the new content.
    ///   - path: the file; its folder must exist.
    ///   - mode: permission bits, given to a new and to an existing file alike.
    /// - Throws: `HostError.system` with the path and errno.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, mode: UInt16 = 0o644) throws {
        let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = path.removingLastComponent().appending(
            ".\(path.lastComponent?.string ?? "file").\(getpid()).\(number).tmp")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(mode)))
            try file.closeAfter {
                // The umask does not decide: the mode is part of the content.
                guard fchmod(file.rawValue, mode_t(mode)) == 0 else { throw Errno(rawValue: errno) }
                try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            try FileSystem.syncDirectory(path.removingLastComponent())
        } catch let error as Errno {
            unlink(temporary.string)
            throw HostError.system("write", path: path.string, errno: error.rawValue)
        }
    }
}
