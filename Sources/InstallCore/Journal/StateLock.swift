import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The one run that may change a node holds this. The kernel lets go of it when the process ends, however it ends.
final class StateLock: Sendable {
    private let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }

    /// Takes the lock of a node's state, and notes this process in it. Makes the state's folder where it is missing.
    ///
    /// - Throws: `InstallError.busy` with the holder's process id where it is known.
    static func take(_ root: HostRoot) async throws -> StateLock {
        let path = root.resolve(NodePaths.lock)
        let taken = try await trying {
            try FileSystem.makeDirectories(root.resolve(NodePaths.state), mode: 0o700)
            let lock = StateLock(
                try open(path, .readWrite, [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite]))
            // A run that ended in between has removed the file that was opened: a lock on that one holds nothing.
            return lock.isFree && lock.descriptor.isAt(path) ? lock : nil
        }
        guard let taken else {
            let owner = (try? FileSystem.text(path)).flatMap { $0 }.flatMap { Int32($0.prefix { $0 != "\n" }) }
            throw InstallError.busy(lock: NodePaths.lock, owner: owner)
        }
        ftruncate(taken.descriptor.rawValue, 0)
        _ = try? taken.descriptor.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
        return taken
    }

    /// Takes the lock of a folder that is there, and leaves nothing in it.
    ///
    /// - Throws: `InstallError.busy`.
    static func take(folder: String, _ root: HostRoot) async throws -> StateLock {
        let taken = try await trying {
            let lock = StateLock(try open(root.resolve(folder), .readOnly, [.directory, .closeOnExec]))
            return lock.isFree ? lock : nil
        }
        guard let taken else { throw InstallError.busy(lock: folder, owner: nil) }
        return taken
    }

    /// Asks for the lock for up to a second: a program that is just being started holds our descriptors until its exec,
    /// and with them a lock that this process has let go of.
    private static func trying(_ attempt: () throws -> StateLock?) async throws -> StateLock? {
        for number in 0..<20 {
            if number > 0 { try await Task.sleep(for: .milliseconds(50)) }
            if let lock = try attempt() { return lock }
        }
        return nil
    }

    private static func open(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
        permissions: FilePermissions? = nil
    ) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, mode, options: options, permissions: permissions)
        } catch let error as Errno {
            throw HostError.system("open", path: path.string, errno: error.rawValue)
        }
    }

    private var isFree: Bool { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 }
}
