import FoundationEssentials
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The one run that may change a node holds this. The kernel lets go of it when the process ends, however it ends.
final class StateLock: Sendable {
    private let descriptor: FileDescriptor

    /// - Throws: `InstallError.busy` with the holder's process id where it is known.
    init(_ root: HostRoot) throws {
        let path = root.resolve(NodePaths.lock)
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite])
        } catch let error as Errno {
            throw HostError.system("open", path: path.string, errno: error.rawValue)
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? FileSystem.text(path)).flatMap { $0 }.flatMap { Int32($0.prefix { $0 != "\n" }) }
            throw InstallError.busy(lock: NodePaths.lock, owner: owner)
        }
        ftruncate(descriptor.rawValue, 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    }

    deinit { try? descriptor.close() }
}
