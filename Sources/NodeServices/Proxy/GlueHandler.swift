import NIOCore

/// One side of a proxied connection: what it reads, its partner writes.
///
/// A side reads only while its partner can write, so memory is bounded by the two sockets' buffers. An end of input
/// passes on as the end of the partner's output, after everything before it. Anything else that ends one side ends
/// the other at once. Both sides live on one event loop.
final class GlueHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: GlueHandler?
    private var context: ChannelHandlerContext?
    private var waitingToRead = false
    private var sawEnd = false
    /// Whether the end of the partner's input was passed on.
    private var isFinished = false

    static func pair() -> (GlueHandler, GlueHandler) {
        let first = GlueHandler()
        let second = GlueHandler()
        first.partner = second
        second.partner = first
        return (first, second)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.write(Self.unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            sawEnd = true
            partner?.finish(.output)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // After a proper end everything that was read is still to be delivered; otherwise there is nobody to answer. An end
        // of input is not told of where the output had ended before: the whole channel closes then. An error is told of.
        if sawEnd || isFinished { partner?.finish(.all) } else { partner?.context?.close(mode: .all, promise: nil) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        partner?.context?.close(mode: .all, promise: nil)
        context.close(mode: .all, promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.continueReading() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if let other = partner?.context, !other.channel.isWritable {
            waitingToRead = true
        } else {
            context.read()
        }
    }

    private func continueReading() {
        guard waitingToRead else { return }
        waitingToRead = false
        context?.read()
    }

    private func write(_ buffer: ByteBuffer) {
        context?.write(Self.wrapOutboundOut(buffer), promise: nil)
    }

    /// Closes after all that was written has left: closing the output of a channel whose input has ended closes it
    /// whole, and would drop what is still waiting.
    private func finish(_ mode: CloseMode) {
        guard let context else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success:
                self.isFinished = true
                context.close(mode: mode, promise: nil)
            case .failure: context.close(mode: .all, promise: nil)
            }
        }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: flushed)
    }
}
