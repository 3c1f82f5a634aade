import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// Does to its calls what a real containerd cannot be made to do. Ended by `stop`.
struct ScriptedServer {
    typealias Frame = HTTP2Frame.FramePayload

    enum Act: Sendable {
        case silence
        case reset(HTTP2ErrorCode)
        case hangUp
        /// Takes no more calls on this connection.
        case goAway
        /// An answer of trailers alone as soon as a call begins, whatever it still sends.
        case status(Int)
        /// One message as soon as a call was sent.
        case message(HTTP2Frame.FramePayload.Data)
    }

    let socket: String
    private let channel: any Channel

    /// - Parameter acts: for one call each; the last one for all that follow.
    init(_ acts: [Act]) async throws {
        socket = "/tmp/scripted-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let script = Script(acts)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { connection in
                connection.configureHTTP2Pipeline(
                    mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
                ) {
                    stream in
                    stream.eventLoop.makeCompletedFuture {
                        try stream.pipeline.syncOperations.addHandler(Actor(script.next()))
                    }
                }.map { _ in }
            }
            .bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
    }

    func stop() async throws { try await channel.close() }

    private final class Script: @unchecked Sendable {
        private var acts: [Act]

        init(_ acts: [Act]) { self.acts = acts }

        // Streams of one connection come on one thread, and the tests make one connection at a time.
        func next() -> Act { acts.count > 1 ? acts.removeFirst() : acts[0] }
    }

    private final class Actor: ChannelInboundHandler {
        typealias InboundIn = Frame
        typealias OutboundOut = Frame

        private let act: Act
        private var hasActed = false

        init(_ act: Act) { self.act = act }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            if case .message = act {
                guard case .data(let data) = frame, data.endStream else { return }
            }
            guard !hasActed else { return }
            hasActed = true
            switch act {
            case .silence: break
            case .reset(let code): context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
            case .hangUp: context.channel.parent?.close(promise: nil)
            case .goAway:
                let frame = HTTP2Frame(
                    streamID: .rootStream,
                    payload: .goAway(lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil))
                context.channel.parent?.writeAndFlush(frame, promise: nil)
            case .status(let code):
                write(context, Self.begin + [("grpc-status", "\(code)")], end: true)
            case .message(let message):
                write(context, Self.begin, end: false)
                context.write(wrapOutboundOut(.data(message)), promise: nil)
                write(context, [("grpc-status", "0")], end: true)
            }
        }

        private static let begin = [(":status", "200"), ("content-type", "application/grpc")]

        private func write(_ context: ChannelHandlerContext, _ fields: [(String, String)], end: Bool) {
            let headers = Frame.Headers(headers: HPACKHeaders(fields), endStream: end)
            context.writeAndFlush(wrapOutboundOut(.headers(headers)), promise: nil)
        }
    }
}
