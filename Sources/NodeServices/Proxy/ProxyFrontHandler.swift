import NIOCore

/// Starts the relay as soon as a client's connection is active, then leaves the pipeline.
final class ProxyFrontHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let relay: ProxyRelay

    init(_ relay: ProxyRelay) {
        self.relay = relay
    }

    func channelActive(context: ChannelHandlerContext) {
        let client = context.channel
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        relay.start(client)
    }
}
