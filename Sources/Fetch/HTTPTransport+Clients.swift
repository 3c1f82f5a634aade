import AsyncHTTPClient
import NIOCore
import NIOSSL
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension HTTPTransport {
    /// Bytes that a server may send ahead of what this program has taken: lost when it is killed.
    static let receiveBuffer = 256 << 10

    func makeClient(_ route: HTTPRoute) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(
            connect: .seconds(Int64(min(20, stallSeconds))), read: .seconds(Int64(stallSeconds)))
        // Redirects are followed here, so that credentials never reach another host.
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        // Parts of one file on one HTTP/2 connection would share one window, and one lost packet would stop them all.
        configuration.httpVersion = .http1Only
        // Retries are RetryPolicy's; the pool's own go on in silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        // How many there are is TransferQueue's.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        configuration.http1_1ConnectionDebugInitializer = { channel in
            HTTPTransport.boundReadAhead(channel).flatMap {
                guard case .forwarded(let server) = route else { return channel.eventLoop.makeSucceededVoidFuture() }
                return ForwardedRequests.add(to: channel, server)
            }
        }
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(authorities.string)]
            configuration.tlsConfiguration = tls
        }
        if case .tunnel(let server) = route {
            configuration.proxy = .server(
                host: server.host, port: server.port,
                authorization: server.user.map { .basic(username: $0, password: server.password ?? "") })
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Linux lets a connection's receive buffer grow to megabytes. A fixed one alone would leave the window as small as
    /// it was when the connection was made, so the window is set, too. No more than one piece is read at once.
    private static func boundReadAhead(_ channel: any Channel) -> EventLoopFuture<Void> {
        let bytes = SocketOptionValue(receiveBuffer)
        let window = NIOBSDSocket.Option(rawValue: CInt(TCP_WINDOW_CLAMP))
        return channel.setOption(.socketOption(.so_rcvbuf), value: bytes)
            .flatMap { channel.setOption(.tcpOption(window), value: bytes) }
            .flatMap { channel.setOption(.maxMessagesPerRead, value: 1) }
            // A bound, not a need: a system that refuses it still gets its files.
            .flatMapError { _ in channel.eventLoop.makeSucceededVoidFuture() }
    }
}
