import AsyncHTTPClient
import BundleModel
import NIOCore
import NIOHTTP1
import Synchronization

/// HTTP for the rest of this module: one request, its status as an error, its body as a stream.
///
/// Through a proxy, both HTTPS and plain HTTP go by CONNECT: async-http-client knows no other way.
public final class HTTPTransport: Sendable {
    /// Seconds without a byte after which a connection counts as stalled.
    private let stallSeconds: Int
    private let proxies: ProxySettings
    /// One client for direct connections, and one for each proxy: async-http-client takes it with the client.
    private let clients = Mutex<[ProxySettings.Server?: HTTPClient]>([:])

    public init(stallSeconds: Int = 60, proxies: ProxySettings = .current) {
        self.stallSeconds = stallSeconds
        self.proxies = proxies
    }

    func client(for url: String) throws -> HTTPClient {
        let server = try proxies.server(for: url)
        return clients.withLock { clients in
            if let client = clients[server] { return client }
            let client = makeClient(server)
            clients[server] = client
            return client
        }
    }

    private func makeClient(_ server: ProxySettings.Server?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(
            connect: .seconds(Int64(min(20, stallSeconds))), read: .seconds(Int64(stallSeconds)))
        // Redirects are followed here, so that credentials never reach another host.
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        // Retries are RetryPolicy's; the pool's own go on in silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = server.map { server in
            .server(
                host: server.host, port: server.port,
                authorization: server.user.map { .basic(username: $0, password: server.password ?? "") })
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func shutdown() async throws {
        let open = clients.withLock { clients in
            defer { clients.removeAll() }
            return Array(clients.values)
        }
        for client in open { try await client.shutdown() }
    }

    struct Answer {
        let url: String
        let status: Int
        let headers: HTTPHeaders
        let body: HTTPClientResponse.Body

        var retryAfter: Int? { headers.first(name: "Retry-After").flatMap { Int($0) } }
        var length: UInt64? { headers.first(name: "Content-Length").flatMap { UInt64($0) } }
        var isHTML: Bool { headers.first(name: "Content-Type")?.hasPrefix("text/html") ?? false }
    }

    /// Sends a GET and follows up to ten redirects, never from HTTPS to plain HTTP.
    func get(_ url: String, headers: HTTPHeaders = [:], method: HTTPMethod = .GET) async throws -> Answer {
        var url = url
        var headers = headers
        for _ in 0..<10 {
            var request = HTTPClientRequest(url: url)
            request.method = method
            request.headers = headers
            let client = try client(for: url)
            let response = try await classify(url) { try await client.execute(request, deadline: .distantFuture) }
            let status = Int(response.status.code)
            guard (301...308).contains(status), status != 304, let target = response.headers.first(name: "Location")
            else {
                return Answer(url: url, status: status, headers: response.headers, body: response.body)
            }
            let next = Self.resolve(target, against: url)
            try Self.requireNoDowngrade(from: url, to: next)
            if Self.origin(next) != Self.origin(url) { headers.remove(name: "Authorization") }
            url = next
        }
        throw FetchError.badAnswer(url: url, reason: "more than ten redirects")
    }

    /// Ends a transfer that shows no sign of life for the stall time. The library's own read timeout does not cover a
    /// body that stops in the middle.
    func endingStalls(_ url: String, _ work: @escaping @Sendable (Heartbeat) async throws -> Void) async throws {
        let heartbeat = Heartbeat()
        let limit = stallSeconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work(heartbeat) }
            group.addTask {
                while true {
                    let seen = heartbeat.value
                    try await Task.sleep(for: .seconds(limit))
                    if let seen, seen == heartbeat.value { throw FetchError.stalled(url: url, seconds: limit) }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Turns the library's errors into ours. async-http-client says which by its error values.
    func classify<Result>(_ url: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded {
            throw FetchError.stalled(url: url, seconds: stallSeconds)
        } catch let error as HTTPClientError {
            throw FetchError.unreachable(url: url, reason: "\(error)")
        } catch let error as any Diagnostic {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            // What is left comes from the connection below: refused, reset, no such host.
            throw FetchError.unreachable(url: url, reason: "\(error)")
        }
    }

    /// The error for a status other than success; nil for 200 and 206.
    static func failure(_ answer: Answer) -> FetchError? {
        switch answer.status {
        case 200, 206: nil
        case 404, 410: .notFound(url: answer.url)
        case 401, 403, 429: .refused(url: answer.url, status: answer.status, retryAfter: answer.retryAfter)
        default: .badStatus(url: answer.url, status: answer.status, retryAfter: answer.retryAfter)
        }
    }

    static func requireNoDowngrade(from: String, to url: String) throws {
        if from.lowercased().hasPrefix("https://"), !url.lowercased().hasPrefix("https://") {
            throw FetchError.insecure(url: url, from: from)
        }
    }

    /// `https://host:port`
    public static func origin(_ url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }

    static func resolve(_ target: String, against url: String) -> String {
        if target.contains("://") { return target }
        if target.hasPrefix("//") { return "\(url.prefix { $0 != "/" })\(target)" }
        if target.hasPrefix("/") { return origin(url) + target }
        let folder = url.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return "\(folder)/\(target)"
    }
}
