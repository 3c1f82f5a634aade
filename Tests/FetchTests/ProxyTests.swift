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
        ("https://port.example/x", "proxy.example:3128"), ("https://127.0.0.1:5000/v2/", nil),
        ("https://localhost/v2/", nil), ("https://[::1]:5000/v2/", nil),
    ])
    func theVariablesDecide(_ url: String, _ expected: String?) throws {
        let settings = ProxySettings(environment: [
            "HTTPS_PROXY": "proxy.example:3128", "no_proxy": "x.example, .inside.example,port.example:8443",
        ])
        #expect(try settings.server(for: url).map { "\($0.host):\($0.port)" } == expected)
    }

    @Test func aPasswordForTheProxyIsRead() throws {
        let settings = ProxySettings(environment: ["http_proxy": "http://me:word@10.0.0.1:8080/"])
        let expected = ProxySettings.Server(host: "10.0.0.1", port: 8080, user: "me", password: "word")
        #expect(try settings.server(for: "http://a.example") == expected)
    }

    @Test func anotherKindOfProxyIsRefused() {
        let settings = ProxySettings(environment: ["https_proxy": "socks5://10.0.0.1:1080"])
        let error = #expect(throws: FetchError.self) { try settings.server(for: "https://a.example") }
        #expect(error?.category == .invalidInput)
    }

    @Test func aRequestGoesThroughTheProxy() async throws {
        let proxy = try await ConnectProxy(answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let transport = HTTPTransport(proxies: ProxySettings(environment: ["http_proxy": proxy.url]))
        let answer = try await transport.get("http://upstream.invalid/file")
        #expect(String(buffer: try await answer.body.collect(upTo: 100)) == "hello")
        #expect(proxy.targets == ["CONNECT upstream.invalid:80 HTTP/1.1"])
        try await transport.shutdown()
        try await proxy.stop()
    }
}

/// Answers in the place of whatever host it is asked to connect to.
private final class ConnectProxy: Sendable {
    private let channel: any Channel
    private let log: Log
    let url: String
    var targets: [String] { log.lines.withLock { $0 } }

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

    private final class Log: Sendable { let lines = Mutex<[String]>([]) }

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
            let line = String(buffer: unwrapInboundIn(data)).split(whereSeparator: \.isNewline).first.map(String.init)
            let isConnect = line?.hasPrefix("CONNECT ") ?? false
            if isConnect, let line { log.lines.withLock { $0.append(line) } }
            let reply = ByteBuffer(string: isConnect ? "HTTP/1.1 200 OK\r\n\r\n" : answer)
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }
    }
}
