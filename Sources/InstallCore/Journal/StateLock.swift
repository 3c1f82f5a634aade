import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The one run that may change a node holds this. The kernel lets go of it when the process ends, however it ends.
final class StateLock: Sendable {
    private let descriptor: FileDescriptor

    /// Takes the lock of a node's state, and notes this process in it.
    ///
    /// - Throws: `InstallError.busy` with the holder's process id where it is known.
    init(_ root: HostRoot) throws {
        let path = root.resolve(NodePaths.lock)
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite])
        } catch let error as Errno {
            throw HostError.system("open", path: path.string, errno: error.rawValue)
        }
        // All is set from here on: what is thrown below lets deinit close the file.
        guard isTaken(), isStill(path) else {
            let owner = (try? FileSystem.text(path)).flatMap { $0 }.flatMap { Int32($0.prefix { $0 != "\n" }) }
            throw InstallError.busy(lock: NodePaths.lock, owner: owner)
        }
        ftruncate(descriptor.rawValue, 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    }

    /// Takes the lock of a folder that is there, and leaves nothing in it.
    ///
    /// - Throws: `InstallError.busy`.
    init(folder: String, _ root: HostRoot) throws {
        do {
            descriptor = try FileDescriptor.open(root.resolve(folder), .readOnly, options: [.directory, .closeOnExec])
        } catch let error as Errno {
            throw HostError.system("open", path: folder, errno: error.rawValue)
        }
        guard isTaken() else {
            throw InstallError.busy(lock: folder, owner: nil)
        }
    }

    /// Asks for the lock for up to a second: a program that is just being started holds our descriptors until its exec,
    /// and with them a lock that this process has let go of.
    private func isTaken() -> Bool {
        for attempt in 0..<20 {
            if attempt > 0 { usleep(50_000) }
            if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return true }
        }
        return false
    }

    /// A run that ended in between may have removed the file that we opened: its lock then holds nothing.
    private func isStill(_ path: FilePath) -> Bool {
        var ours = stat()
        var named = stat()
        return fstat(descriptor.rawValue, &ours) == 0 && lstat(path.string, &named) == 0
            && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev
    }

    deinit { try? descriptor.close() }
}
