import BundleModel
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Fetch

struct ProxyTests {
    @Test(arguments: [
        ("https://a.example/x", "proxy.example:3128"), ("http://a.example/x", nil),
        ("https://inside.example/x", nil), ("https://deep.inside.example/x", nil),
        ("https://notinside.example/x", "proxy.example:3128"), ("https://port.example:8443/x", nil),
        ("https://port.example/x", "proxy.example:3128"), ("https://usual.example/x", nil),
        ("https://usual.example:8443/x", "proxy.example:3128"),
        ("https://127.0.0.1:5000/v2/", nil),
        ("https://localhost/v2/", nil), ("https://[::1]:5000/v2/", nil),
    ])
    func theVariablesDecide(_ url: String, _ expected: String?) throws {
        let settings = ProxySettings(environment: [
            "HTTPS_PROXY": "proxy.example:3128",
            "no_proxy": "x.example, .inside.example,port.example:8443,usual.example:443",
        ])
        #expect(try settings.server(for: url).map { "\($0.host):\($0.port)" } == expected)
    }

    @Test func aPasswordForTheProxyIsRead() throws {
        let settings = ProxySettings(environment: ["http_proxy": "http://m%65:p%40ss%3A@10.0.0.1:8080/"])
        let expected = ProxySettings.Server(host: "10.0.0.1", port: 8080, user: "me", password: "p@ss:")
        #expect(try settings.server(for: "http://a.example") == expected)
    }

    @Test func anotherKindOfProxyIsRefused() {
        let settings = ProxySettings(environment: ["https_proxy": "socks5://10.0.0.1:1080"])
        let error = #expect(throws: FetchError.self) { try settings.server(for: "https://a.example") }
        #expect(error?.category == .invalidInput)
    }

    @Test func aRequestGoesThroughTheProxy() async throws {
        let proxy = try await Proxy(answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let address = proxy.url.replacing("http://", with: "http://me:p%40ss@")
        let transport = HTTPTransport(proxies: ProxySettings(environment: ["http_proxy": address]))
        let answer = try await transport.get("http://upstream.invalid:80/file?a=b")
        #expect(String(buffer: try await answer.body.collect(upTo: 100)) == "hello")
        // As curl and apt ask: many proxies let CONNECT through to port 443 alone.
        #expect(proxy.requests.map(\.line) == ["GET http://upstream.invalid/file?a=b HTTP/1.1"])
        #expect(proxy.requests.first?.head.contains("host: upstream.invalid\r\n") == true)
        // me:p@ss
        #expect(proxy.requests.first?.head.contains("proxy-authorization: basic bwu6cebzcw==\r\n") == true)
        try await transport.shutdown()
        try await proxy.stop()
    }

    @Test func whatIsEncryptedGoesByConnect() async throws {
        let proxy = try await Proxy(answer: "HTTP/1.1 200 OK\r\n\r\n")
        let transport = HTTPTransport(proxies: ProxySettings(environment: ["https_proxy": proxy.url]))
        // Whoever answers there speaks no TLS.
        await #expect(throws: FetchError.self) { try await transport.get("https://upstream.invalid/file") }
        #expect(proxy.requests.first?.line == "CONNECT upstream.invalid:443 HTTP/1.1")
        try await transport.shutdown()
        try await proxy.stop()
    }

    @Test(arguments: [("https", "403 Forbidden"), ("https", "407 Login"), ("http", "407 Login")])
    func aProxyThatRefusesIsNamedAndAskedOnce(_ scheme: String, _ status: String) async throws {
        let proxy = try await Proxy(answer: "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
        let transport = HTTPTransport(proxies: ProxySettings(environment: ["\(scheme)_proxy": proxy.url]))
        try await FetchBench.with(transport) { bench in
            let error = await #expect(throws: FetchError.self) {
                try await bench.cache().text("\(scheme)://upstream.invalid/file")
            }
            guard case .proxyRefused? = error else {
                Issue.record("\(error?.message ?? "nothing")")
                return
            }
            #expect(error?.category == .upstreamRefused)
            #expect(proxy.requests.count == 1)
        }
        try await proxy.stop()
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false), ("10.1.2.128/25", "10.1.2.129", true),
        ("10.1.2.128/25", "10.1.2.127", false), ("fd00::/8", "[fd12::1]", true), ("fd00::/8", "[fe80::1]", false),
        ("0.0.0.0/0", "name.example", false), ("10.0.0.0/33", "10.0.0.1", false), ("10.0.0.0/", "10.0.0.1", false),
    ])
    func noProxyKnowsNetworks(_ entry: String, _ host: String, _ isDirect: Bool) throws {
        let settings = ProxySettings(environment: ["http_proxy": "http://proxy:3128", "no_proxy": "x, \(entry)"])
        #expect(try (settings.server(for: "http://\(host):5000/v2/") == nil) == isDirect)
    }
}

/// Answers in the place of whatever host it is asked for, or asked to connect to.
private final class Proxy: Sendable {
    struct Request {
        var line: String
        /// In lower case.
        var head: String
    }

    private let channel: any Channel
    private let log: Log
    let url: String
    var requests: [Request] { log.requests.withLock { $0 } }

    init(answer: String) async throws {
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer, log: log))
                }
            }
            .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func stop() async throws { try await channel.close() }

    private final class Log: Sendable { let requests = Mutex<[Request]>([]) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let answer: String
        let log: Log

        init(answer: String, log: Log) {
            self.answer = answer
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            // Nothing but requests counts: what follows a CONNECT may be anything.
            if let line = text.split(whereSeparator: \.isNewline).first.map(String.init), line.hasSuffix(" HTTP/1.1") {
                log.requests.withLock { $0.append(Request(line: line, head: text.lowercased())) }
            }
            let reply = ByteBuffer(string: answer)
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }
    }
}
