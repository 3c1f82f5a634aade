import AsyncHTTPClient
import BundleModel
public import Host
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
public import SystemPackage

/// HTTP for the rest of this module: one request, its status as an error, its body as a stream.
///
/// Through a proxy, HTTPS goes by CONNECT, and plain HTTP as curl and apt send it: many proxies let CONNECT through to
/// port 443 alone.
public final class HTTPTransport: Sendable {
    /// Seconds without a byte after which a connection counts as stalled.
    let stallSeconds: Int
    let authorities: FilePath?
    let clock: any WallClock
    private let proxies: ProxySettings
    private let isOffline: Bool
    /// One client for each way: async-http-client takes it with the client.
    private let clients = Mutex<[HTTPRoute: HTTPClient]>([:])

    /// - Parameters:
    ///   - authorities: a file of certificates (PEM) that are trusted besides the system's.
    ///   - clock: for dates that servers ask to wait until.
    ///   - isOffline: connects to nothing; every request is `FetchError.notCached`.
    public init(
        stallSeconds: Int = 60, proxies: ProxySettings = .current, authorities: FilePath? = nil,
        clock: any WallClock = SystemWallClock(), isOffline: Bool = false
    ) {
        self.stallSeconds = stallSeconds
        self.proxies = proxies
        self.authorities = authorities
        self.clock = clock
        self.isOffline = isOffline
    }

    private func client(by route: HTTPRoute) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[route] { return client }
            let client = makeClient(route)
            clients[route] = client
            return client
        }
    }

    public func shutdown() async throws {
        let open = clients.withLock { clients in
            defer { clients.removeAll() }
            return Array(clients.values)
        }
        for client in open { try await client.shutdown() }
    }

    /// Sends a GET and follows up to ten redirects, never from HTTPS to plain HTTP, nor to anything else.
    func get(_ url: String, headers: HTTPHeaders = [:], method: HTTPMethod = .GET) async throws -> Answer {
        if isOffline { throw FetchError.notCached(name: Self.fileName(url), url: url) }
        var url = url
        var shown = url
        var headers = headers
        for _ in 0..<10 {
            let response = try await send(method, url, headers, shown: shown)
            let status = Int(response.status.code)
            guard (301...308).contains(status), status != 304, let target = response.headers.first(name: "Location")
            else {
                return Answer(
                    url: shown, status: status, headers: response.headers, body: response.body, receivedAt: clock.now)
            }
            let next = Self.resolve(target, against: url)
            try Self.requireNoDowngrade(from: shown, to: next)
            try Self.requireHTTP(from: shown, to: next)
            // What was said to one host is not for another.
            if Self.origin(next) != Self.origin(url) { headers.remove(name: "Authorization") }
            url = next
            shown = Self.withoutQuery(next)
        }
        throw FetchError.badAnswer(url: shown, reason: "more than ten redirects")
    }

    /// One request, by the way that leads to its address.
    ///
    /// - Parameter shown: the address as messages name it; `url` unless it is given.
    func send(
        _ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders, body: HTTPClientRequest.Body? = nil,
        shown: String? = nil
    ) async throws -> HTTPClientResponse {
        let route = try HTTPRoute(to: url, proxies)
        var request = HTTPClientRequest(url: route.address(of: url))
        request.method = method
        request.headers = headers
        request.headers.replaceOrAdd(name: "User-Agent", value: "kubeferry")
        if let host = route.forwardedHost(of: url) { request.headers.replaceOrAdd(name: "Host", value: host) }
        request.body = body
        let (ready, client) = (request, client(by: route))
        return try await classify(shown ?? url) { try await client.execute(ready, deadline: .distantFuture) }
    }

    /// A whole body that is known to be small.
    ///
    /// - Parameters:
    ///   - limit: bytes; a longer body is `FetchError.badAnswer`, as soon as that is known.
    ///   - rate: holds it back.
    func bytes(of answer: Answer, limit: Int, rate: RateLimiter? = nil) async throws -> [UInt8] {
        let tooLong = FetchError.badAnswer(url: answer.url, reason: "more than \(limit) bytes, expected fewer")
        if let length = answer.length, length > UInt64(limit) { throw tooLong }
        return try await endingStalls(answer.url) { heartbeat in
            try await self.classify(answer.url) {
                var bytes: [UInt8] = []
                for try await piece in answer.body {
                    guard bytes.count + piece.readableBytes <= limit else { throw tooLong }
                    bytes.append(contentsOf: piece.readableBytesView)
                    try await rate?.pass(piece.readableBytes, heartbeat)
                    heartbeat.beat(piece.readableBytes)
                }
                return bytes
            }
        }
    }

    /// Bytes a second that a transfer needs to be one: less would take weeks.
    static let leastRate = 64

    /// Ends a transfer that shows no sign of life for the stall time, or hardly any. The library's own read timeout does not
    /// cover a body that stops in the middle.
    func endingStalls<Result: Sendable>(
        _ url: String, _ work: @escaping @Sendable (Heartbeat) async throws -> Result
    ) async throws -> Result {
        let heartbeat = Heartbeat()
        let limit = stallSeconds
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await work(heartbeat) }
            group.addTask {
                while true {
                    let seen = heartbeat.value
                    try await Task.sleep(for: .seconds(limit))
                    guard let seen, let now = heartbeat.value else { continue }
                    if now &- seen < UInt64(limit * Self.leastRate) {
                        throw FetchError.stalled(url: url, seconds: limit)
                    }
                }
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    /// Turns the library's errors into ours. async-http-client says which by its error values.
    func classify<Result>(_ url: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded {
            throw FetchError.stalled(url: url, seconds: stallSeconds)
        } catch let error as HTTPClientError
            where error == .proxyAuthenticationRequired || error == .invalidProxyResponse
        {
            throw FetchError.proxyRefused(url: url, reason: "\(error)")
        } catch let error as HTTPClientError {
            throw FetchError.unreachable(url: url, reason: "\(error)")
        } catch let error as NIOTooManyBytesError {
            throw FetchError.badAnswer(url: url, reason: "too long: \(error)")
        } catch let error as NIOSSLExtraError {
            throw FetchError.untrusted(url: url, reason: "\(error)")
        } catch NIOSSLError.handshakeFailed(let error) {
            throw FetchError.untrusted(url: url, reason: "\(error)")
        } catch let error as any Diagnostic {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            // What is left comes from the connection below: refused, reset, no such host.
            throw FetchError.unreachable(url: url, reason: "\(error)")
        }
    }
}
