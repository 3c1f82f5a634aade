import ContainerdTestSupport
import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

extension Scratch {
    /// Puts a containerd where a node's own is.
    func leadSocket(to containerd: ContainerdInstance) throws {
        let socket = root.resolve(ContainerdPlace.defaultSocket)
        try FileSystem.makeDirectories(socket.removingLastComponent())
        try #require(symlink(containerd.socket.string, socket.string) == 0)
    }
}
