import AsyncHTTPClient
import BundleModel
import Host
import NIOCore
import NIOSSL
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension HTTPTransport {
    /// Bytes that a server may send ahead of what this program has taken: lost when it is killed.
    static let receiveBuffer = 256 << 10

    /// The file of authorities that an environment names, looked at before anything is asked: the TLS library looks at it
    /// with the first connection, and cannot say then which file it was.
    ///
    /// - Parameter environment: SSL_CERT_FILE counts; an empty one does not.
    /// - Throws: `FetchError.badAuthorities`.
    public static func authorities(environment: [String: String]) throws(FetchError) -> FilePath? {
        guard let path = environment["SSL_CERT_FILE"], !path.isEmpty else { return nil }
        do {
            let found = try NIOSSLCertificate.fromPEMBytes(FileSystem.readInput(FilePath(path)))
            guard !found.isEmpty else { throw FetchError.badAuthorities(path: path, reason: "it has none") }
        } catch let error as FetchError {
            throw error
        } catch let error as any Diagnostic {
            throw .badAuthorities(path: path, reason: error.message)
        } catch {
            throw .badAuthorities(path: path, reason: "\(error)")
        }
        return FilePath(path)
    }

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
