public import Logging
import NIOCore
import NIOPosix

/// Spreads TCP connections to one local address over the masters.
public final class APIProxy: Sendable {
    /// Where it listens; the port is the real one also when 0 was asked for.
    public let endpoint: Endpoint
    private let listener: any Channel

    /// Listens and serves from then on.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - connectTimeout: seconds for one master before the next one is tried.
    /// - Throws: `NodeServicesError.cannotListen`.
    public init(
        address: IPAddress, port: UInt16, pool: MasterPool, connectTimeout: Int = 3, logger: Logger
    ) async throws {
        do {
            let relay = ProxyRelay(pool: pool, connectTimeout: .seconds(Int64(connectTimeout)), logger: logger)
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 512)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelOption(.writeBufferWaterMark, value: ProxyRelay.waterMark)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ProxyFrontHandler(relay))
                    }
                }
                .bind(to: try SocketAddress(ipAddress: address.description, port: Int(port))).get()
        } catch {
            throw NodeServicesError.cannotListen(
                endpoint: Endpoint(address, port: port).description, reason: "\(error)")
        }
        endpoint = Endpoint(address, port: UInt16(listener.localAddress?.port ?? Int(port)))
    }

    /// Takes no more connections; the open ones go on.
    public func close() async throws {
        try await listener.close().get()
    }

    /// Until the listener closes.
    public func waitUntilClosed() async throws {
        try await listener.closeFuture.get()
    }
}
