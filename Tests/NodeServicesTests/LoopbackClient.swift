import NIOCore
import NodeServices
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A blocking TCP client, as plain as they come. Every read ends after 300 s at the latest.
final class LoopbackClient: Sendable {
    private let socket: SystemPackage.FileDescriptor

    /// - Parameters:
    ///   - source: the address that it comes from; the machine's choice without one.
    ///   - receiveBuffer: bytes that the kernel takes for it before it reads them.
    init(_ endpoint: Endpoint, from source: IPAddress? = nil, receiveBuffer: Int32? = nil) throws {
        let raw = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard raw >= 0 else { throw Errno(rawValue: errno) }
        socket = SystemPackage.FileDescriptor(rawValue: raw)
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer {
            setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        if let source {
            let own = try Endpoint(source, port: 0).socketAddress().withSockAddr { bind(raw, $0, socklen_t($1)) }
            guard own == 0 else { throw Errno(rawValue: errno) }
        }
        let done = try endpoint.socketAddress().withSockAddr { connect(raw, $0, socklen_t($1)) }
        guard done == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { try? socket.close() }

    func write(_ bytes: [UInt8]) throws {
        try socket.writeAll(bytes)
    }

    /// Ends our side only.
    func finish() {
        shutdown(socket.rawValue, Int32(SHUT_WR))
    }

    /// Up to `count` bytes; fewer at the end.
    func read(_ count: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while content.count < count {
            let got = try buffer.withUnsafeMutableBytes {
                try socket.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: $0[..<min($0.count, count - content.count)]))
            }
            if got == 0 { return content }
            content += buffer[..<got]
        }
        return content
    }

    /// Until the other side ends; a reset counts as an end.
    func readToEnd() throws -> [UInt8] {
        do {
            return try read(.max)
        } catch Errno.connectionReset {
            return []
        }
    }
}
