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
        // sockaddr_in as bytes: which C module its members come from depends on what else is imported. Family in this
        // machine's order, any free port, the address.
        let family = withUnsafeBytes(of: sa_family_t(AF_INET)) { Array($0) }
        var address = family + [0, 0, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
        var length = socklen_t(address.count)
        let done = address.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(raw, start, length) == 0 && listen(raw, 16) == 0 && getsockname(raw, start, &length) == 0
        }
        guard done else { throw Errno(rawValue: errno) }
        endpoint = Endpoint(try IPAddress("127.0.0.1"), port: UInt16(address[2]) << 8 | UInt16(address[3]))
    }

    deinit { try? socket.close() }
}
