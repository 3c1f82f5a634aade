public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A small HTTPS server: TLS 1.3 only, every client shows a certificate, one request per connection.
///
/// Any certificate is accepted: TLS proves that the client holds its key, and the handler decides what that key may.
public final class HTTPSServer: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// Bounds against clients that are slow, large or many.
    public struct Limits: Sendable {
        public var connections = 64
        /// Of one address at once: nobody alone keeps the others away.
        public var connectionsOfOne = 8
        /// Seconds for a whole connection.
        public var seconds = 30
        /// Bytes of a request's body.
        public var body = 16 << 10

        public init() {}
    }

    /// Where it listens; the port is the real one also when 0 was asked for.
    public let endpoint: Endpoint
    private let listener: NIOAsyncChannel<Connection, Never>
    private let limits: Limits
    /// Connections that are being served, by their source.
    private let open = Mutex<[String: Int]>([:])
    private let logger: Logger

    /// Binds. Connections are taken by `run`.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one.
    /// - Throws: `NodeServicesError.cannotListen`, `.badCredentials`.
    public init(
        address: IPAddress, port: UInt16, identity: TLSIdentity, limits: Limits = Limits(), logger: Logger
    ) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.chain.map { .certificate($0) }, privateKey: .privateKey(identity.key))
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .certificates([])
        configuration.certificateVerification = .noHostnameVerification
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw NodeServicesError.badCredentials(path: "the service's certificate", reason: "\(error)")
        }
        do {
            listener = try await Self.bind(address: address, port: port, context: context)
        } catch {
            throw NodeServicesError.cannotListen(
                endpoint: Endpoint(address, port: port).description, reason: "\(error)")
        }
        endpoint = Endpoint(address, port: UInt16(listener.channel.localAddress?.port ?? Int(port)))
        self.limits = limits
        self.logger = logger
    }

    /// Connections that are being served.
    public var openConnections: Int { open.withLock { $0.values.reduce(0, +) } }

    private func begin(_ source: String) -> Bool {
        open.withLock { open in
            guard open.values.reduce(0, +) < limits.connections, open[source, default: 0] < limits.connectionsOfOne
            else {
                return false
            }
            open[source, default: 0] += 1
            return true
        }
    }

    private func end(_ source: String) {
        open.withLock { open in
            let left = (open[source] ?? 1) - 1
            open[source] = left > 0 ? left : nil
        }
    }

    /// Serves until the task is cancelled.
    public func run(_ handler: @escaping @Sendable (ServiceRequest) async -> HTTPSResponse) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    let source = connection.channel.remoteAddress?.ipAddress ?? "?"
                    guard begin(source) else {
                        logger.info("too many connections", metadata: ["source": "\(source)"])
                        Self.cut(connection.channel)
                        // An asynchronous channel that is dropped before its end would end the whole process.
                        group.addTask { try? await connection.executeThenClose { _, _ in } }
                        continue
                    }
                    group.addTask {
                        await self.serve(connection, handler)
                        self.end(source)
                    }
                }
            }
        }
    }

    private func serve(
        _ connection: Connection, _ handler: @escaping @Sendable (ServiceRequest) async -> HTTPSResponse
    ) async {
        let channel = connection.channel
        let source = channel.remoteAddress?.ipAddress ?? "?"
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(Int64(limits.seconds))) {
            Self.cut(channel)
        }
        defer { deadline.cancel() }
        do {
            try await connection.executeThenClose { inbound, outbound in
                var head: HTTPRequestHead?
                var body: [UInt8] = []
                for try await part in inbound {
                    switch part {
                    case .head(let received):
                        head = received
                    case .body(let buffer):
                        guard body.count + buffer.readableBytes <= limits.body else {
                            return try await outbound.write(contentsOf: Self.parts(of: HTTPSResponse(status: 413)))
                        }
                        body.append(contentsOf: buffer.readableBytesView)
                    case .end:
                        guard let head, let peer = try await channel.nioSSL_peerCertificate().get() else { return }
                        let answer = await handler(
                            ServiceRequest(
                                method: head.method.rawValue, path: head.uri, body: body, peer: try peer.keyDigest(),
                                source: source))
                        return try await outbound.write(contentsOf: Self.parts(of: answer))
                    }
                }
            }
        } catch {
            // Port scans and broken handshakes end here: of interest only when somebody looks for them.
            logger.debug("connection failed", metadata: ["source": "\(source)", "reason": "\(error)"])
        }
    }

    /// Ends a connection at once. TLS would first try to say goodbye, to a client that may never have said hello.
    private static func cut(_ channel: any Channel) {
        channel.eventLoop.execute {
            if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
                tls.close(mode: .all, promise: nil)
            } else {
                channel.close(mode: .all, promise: nil)
            }
        }
    }

    private static func parts(of answer: HTTPSResponse) -> [HTTPServerResponsePart] {
        var headers: HTTPHeaders = [
            "content-type": "application/json", "content-length": "\(answer.body.count)", "connection": "close",
        ]
        if let seconds = answer.retryAfter { headers.add(name: "retry-after", value: "\(seconds)") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        return [.head(head), .body(.byteBuffer(ByteBuffer(bytes: answer.body))), .end(nil)]
    }

    private static func bind(
        address: IPAddress, port: UInt16, context: NIOSSLContext
    ) async throws -> NIOAsyncChannel<Connection, Never> {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(to: try SocketAddress(ipAddress: address.description, port: Int(port))) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOSSLServerHandler(
                            context: context,
                            customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) }))
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }
}
