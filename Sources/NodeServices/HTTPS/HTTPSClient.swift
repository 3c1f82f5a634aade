import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One HTTP/1.1 request per TLS connection, to a numeric address.
public struct HTTPSClient: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    public let endpoint: Endpoint
    /// For the whole exchange, in seconds.
    public let timeout: Int
    private let bodyLimit: Int
    private let context: NIOSSLContext
    private let pin: PublicKeyPin?

    /// - Parameters:
    ///   - identity: what is shown to the server; nil for nothing.
    ///   - timeout: seconds for the whole exchange.
    ///   - bodyLimit: bytes; a longer answer is an error.
    /// - Throws: `NodeServicesError.badCredentials` when key and certificate do not fit.
    public init(
        _ endpoint: Endpoint, trust: ServerTrust, identity: TLSIdentity?, timeout: Int = 10, bodyLimit: Int = 4 << 20
    ) throws {
        self.endpoint = endpoint
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        switch trust {
        case .authorities(let certificates):
            pin = nil
            configuration.trustRoots = .certificates(certificates)
            // Without a name the certificate must be for the address that we connect to.
            configuration.certificateVerification = .fullVerification
        case .pin(let wanted):
            pin = wanted
            configuration.minimumTLSVersion = .tlsv13
            configuration.trustRoots = .certificates([])
            configuration.certificateVerification = .noHostnameVerification
        }
        if let identity {
            configuration.certificateChain = identity.chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(identity.key)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw NodeServicesError.badCredentials(path: "TLS key", reason: "\(error)")
        }
    }

    /// - Throws: `NodeServicesError.unreachable`, `.timedOut`, `.pinMismatch`, `.badAnswer`.
    public func send(_ request: HTTPSRequest) async throws -> HTTPSResponse {
        let attempt = HTTPSAttempt(endpoint: endpoint, pin: pin)
        do {
            let connection = try await connect(attempt)
            let deadline = connection.channel.eventLoop.scheduleTask(in: .seconds(Int64(timeout))) {
                attempt.expire()
                connection.channel.close(mode: .all, promise: nil)
            }
            defer { deadline.cancel() }
            return try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(contentsOf: parts(of: request))
                var answer: HTTPSResponse?
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        answer = HTTPSResponse(
                            status: Int(head.status.code),
                            retryAfter: head.headers.first(name: "retry-after").flatMap { Int($0) })
                    case .body(let buffer):
                        guard (answer?.body.count ?? 0) + buffer.readableBytes <= bodyLimit else {
                            throw NodeServicesError.badAnswer(
                                endpoint: endpoint.description, reason: "more than \(bodyLimit) bytes")
                        }
                        answer?.body.append(contentsOf: buffer.readableBytesView)
                    case .end:
                        if let answer { return answer }
                    }
                }
                throw NodeServicesError.badAnswer(
                    endpoint: endpoint.description, reason: "the connection ended before the answer did")
            }
        } catch {
            throw attempt.explain(error, timeout: timeout)
        }
    }

    private func connect(_ attempt: HTTPSAttempt) async throws -> Connection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(Int64(timeout)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(to: endpoint.socketAddress()) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if pin == nil {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    } else {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(
                                context: context, serverHostname: nil,
                                customVerificationCallback: { chain, promise in
                                    promise.succeed(
                                        attempt.accepts(chain.first) ? .certificateVerified : .failed)
                                }))
                    }
                    try pipeline.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func parts(of request: HTTPSRequest) -> [HTTPClientRequestPart] {
        var headers: HTTPHeaders = [
            "host": endpoint.description, "connection": "close", "accept": "application/json",
            "user-agent": "node-install",
        ]
        if !request.body.isEmpty || request.method == .post || request.method == .put {
            headers.add(name: "content-type", value: "application/json")
            headers.add(name: "content-length", value: "\(request.body.count)")
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.path,
            headers: headers)
        return [.head(head)]
            + (request.body.isEmpty ? [] : [.body(.byteBuffer(ByteBuffer(bytes: request.body)))]) + [.end(nil)]
    }
}
