import NIOCore
import NIOPosix
import NodeServices

/// A TCP server on loopback that a proxy's test can talk to and kill.
final class LoopbackBackend: Sendable {
    enum Behaviour: Sendable {
        /// Sends back what it gets, and ends its side when the other one does.
        case echo
        /// Sends its name at once, then nothing.
        case greet(String)
        /// Says nothing, as a frozen master does.
        case silent
    }

    let endpoint: Endpoint
    private let listener: any Channel
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init(_ behaviour: Behaviour, port: UInt16 = 0) async throws {
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BackendHandler(behaviour))
                }
            }
            .bind(to: try SocketAddress(ipAddress: "127.0.0.1", port: Int(port))).get()
        endpoint = Endpoint(try IPAddress("127.0.0.1"), port: UInt16(listener.localAddress?.port ?? 0))
    }

    /// Ends the listener and every connection.
    func kill() async throws {
        try await group.shutdownGracefully()
    }
}

private final class BackendHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let behaviour: LoopbackBackend.Behaviour

    init(_ behaviour: LoopbackBackend.Behaviour) {
        self.behaviour = behaviour
    }

    func channelActive(context: ChannelHandlerContext) {
        if case .greet(let name) = behaviour {
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: name + "\n")), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .echo = behaviour { context.writeAndFlush(data, promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
