import NIOCore

/// Answers the server's pings below HTTP/2: see `PingFilter`.
final class PingResponder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var filter = PingFilter()
    private var answers = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = filter.filter(unwrapInboundIn(data), answers: &answers)
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard answers.readableBytes > 0 else { return }
        let frames = answers
        answers = ByteBuffer()
        // Only now: HTTP/2 has flushed what it holds back. A flush below it before that would make the channel writable
        // in the middle of its work.
        context.writeAndFlush(wrapOutboundOut(frames), promise: nil)
    }
}
