import NIOCore
import NodeServices
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A port on loopback where the kernel takes connections and nobody ever answers, as a frozen master does.
final class SilentListener: Sendable {
    let endpoint: Endpoint
    private let socket: SystemPackage.FileDescriptor

    init() throws {
        let raw = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard raw >= 0 else { throw Errno(rawValue: errno) }
        socket = SystemPackage.FileDescriptor(rawValue: raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, length) == 0 && listen(raw, 16) == 0 && getsockname(raw, $0, &length) == 0
            }
        }
        guard done else { throw Errno(rawValue: errno) }
        endpoint = Endpoint(try IPAddress("127.0.0.1"), port: UInt16(bigEndian: address.sin_port))
    }

    deinit { try? socket.close() }
}
