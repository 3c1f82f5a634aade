import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Makes each request on a connection to a proxy one that names its upstream, `GET http://host/path`: async-http-client
/// knows proxies by CONNECT alone.
final class ForwardedRequests: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let authorization: String?

    private init(_ server: ProxySettings.Server) {
        authorization = server.user.map { user in
            "Basic " + Data("\(user):\(server.password ?? "")".utf8).base64EncodedString()
        }
    }

    /// - Parameter channel: a connection that async-http-client has set up.
    static func add(to channel: any Channel, _ server: ProxySettings.Server) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(ForwardedRequests(server), position: .after(encoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let host = head.headers.first(name: "Host") else {
            context.write(data, promise: promise)
            return
        }
        head.uri = "http://\(host)\(head.uri)"
        if let authorization { head.headers.replaceOrAdd(name: "Proxy-Authorization", value: authorization) }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
