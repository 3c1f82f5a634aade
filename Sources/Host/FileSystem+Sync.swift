import CLinux
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension FileSystem {
    /// Writes everything of the file system that holds `path` to its device: content, names, attributes. Blocks.
    ///
    /// - Throws: `HostError.system`; a device that failed to write since the descriptor was opened is one (EIO).
    public static func syncFileSystem(holding path: FilePath) throws {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            try descriptor.closeAfter {
                guard linux_syncfs(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw HostError.system("sync the file system of", path: path.string, errno: error.rawValue)
        }
    }

    /// Writes everything of every file system to its device. Blocks.
    public static func syncAll() { sync() }
}
