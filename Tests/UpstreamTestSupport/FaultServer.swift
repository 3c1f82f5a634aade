public import NIOCore
public import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on loopback that misbehaves as a test tells it to.
public final class FaultServer: Sendable {
    /// What the server does with one request.
    public struct Reply: Sendable {
        public var status: HTTPResponseStatus
        public var headers: [(String, String)]
        public var body: [UInt8]
        /// Sends this many bytes of the body and closes the connection.
        public var cutAfter: Int?
        /// Sends this many bytes of the body, then nothing, and keeps the connection open.
        public var stallAfter: Int?
        /// Says this length instead of the body's; longer than that, the body is cut off there.
        public var length: Int?
        /// Sends the body without saying its length.
        public var isChunked: Bool
        /// Sends the body as often, each time when the connection has taken the one before: more than any memory holds.
        public var repeats: Int

        public init(
            status: HTTPResponseStatus = .ok, headers: [(String, String)] = [], body: [UInt8] = [],
            cutAfter: Int? = nil, stallAfter: Int? = nil, length: Int? = nil, isChunked: Bool = false,
            repeats: Int = 1
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.cutAfter = cutAfter
            self.stallAfter = stallAfter
            self.length = length
            self.isChunked = isChunked
            self.repeats = repeats
        }
    }

    private let channel: any Channel
    private let requests: Requests
    public let url: String

    /// The requests so far, as `METHOD PATH` with the value of Range, if any.
    public var log: [String] { requests.log.withLock { $0 } }
    public var authorizations: [String?] { requests.authorizations.withLock { $0 } }
    /// Bytes of bodies that were handed to connections so far.
    public var sent: Int { requests.sent.withLock { $0 } }

    /// - Parameters:
    ///   - answer: given the path and the request's headers, and how often that path was asked for before.
    ///   - prepare: adds to a connection's pipeline, such as TLS, before HTTP comes.
    public init(
        _ answer: @escaping @Sendable (_ path: String, _ headers: HTTPHeaders, _ count: Int) -> Reply,
        prepare: (@Sendable (any Channel) throws -> Void)? = nil
    ) async throws {
        let requests = Requests()
        self.requests = requests
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare?(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer, requests: requests))
                }
            }
            .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    public func stop() async throws { try await channel.close() }

    private final class Requests: Sendable {
        let log = Mutex<[String]>([])
        let counts = Mutex<[String: Int]>([:])
        let authorizations = Mutex<[String?]>([])
        let sent = Mutex(0)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        let answer: @Sendable (String, HTTPHeaders, Int) -> Reply
        let requests: Requests

        init(answer: @escaping @Sendable (String, HTTPHeaders, Int) -> Reply, requests: Requests) {
            self.answer = answer
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let path = head.uri
            let range = head.headers.first(name: "Range").map { " \($0)" } ?? ""
            requests.log.withLock { $0.append("\(head.method) \(path)\(range)") }
            requests.authorizations.withLock { $0.append(head.headers.first(name: "Authorization")) }
            let count = requests.counts.withLock { counts in
                counts[path, default: 0] += 1
                return counts[path, default: 1] - 1
            }
            send(answer(path, head.headers, count), isHead: head.method == .HEAD, context)
        }

        private func send(_ reply: Reply, isHead: Bool, _ context: ChannelHandlerContext) {
            var headers = HTTPHeaders(reply.headers)
            if reply.isChunked {
                headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
            } else {
                let length = reply.length ?? reply.body.count * reply.repeats
                headers.replaceOrAdd(name: "Content-Length", value: "\(length)")
            }
            let head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if isHead { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
            if reply.repeats > 1 { return pour(ByteBuffer(bytes: reply.body), times: reply.repeats, context) }
            let shown = reply.cutAfter ?? reply.stallAfter ?? min(reply.body.count, reply.length ?? reply.body.count)
            let body = ByteBuffer(bytes: reply.body.prefix(shown))
            requests.sent.withLock { $0 += body.readableBytes }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            if reply.cutAfter != nil || reply.length ?? 0 > reply.body.count {
                context.close(promise: nil)
            } else if reply.stallAfter == nil {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func pour(_ body: ByteBuffer, times: Int, _ context: ChannelHandlerContext) {
            guard times > 0 else { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
            // Whoever has heard enough closes the connection: then a write fails, and none follows.
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body)))).assumeIsolated().whenSuccess {
                self.requests.sent.withLock { $0 += body.readableBytes }
                context.eventLoop.assumeIsolated().execute { self.pour(body, times: times - 1, context) }
            }
        }
    }
}
