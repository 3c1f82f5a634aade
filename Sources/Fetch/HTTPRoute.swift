/// The way that requests to an address take.
enum HTTPRoute: Hashable, Sendable {
    case direct
    /// The proxy connects, and sees nothing of what passes.
    case tunnel(ProxySettings.Server)
    /// The proxy is given each request, with the whole address in it.
    case forwarded(ProxySettings.Server)

    /// - Throws: `FetchError.badSource` for a proxy that is not an HTTP one.
    init(to url: String, _ proxies: ProxySettings) throws {
        guard let server = try proxies.server(for: url) else {
            self = .direct
            return
        }
        self = url.lowercased().hasPrefix("https:") ? .tunnel(server) : .forwarded(server)
    }

    /// What a connection is made to, with the path that is asked for.
    func address(of url: String) -> String {
        guard case .forwarded(let server) = self else { return url }
        let path = url.dropFirst(HTTPTransport.origin(url).count).prefix { $0 != "#" }
        return "http://\(server.authority)\(path.hasPrefix("/") ? "" : "/")\(path)"
    }

    /// Host and port of the upstream, where the connection is to somebody else.
    func forwardedHost(of url: String) -> String? {
        guard case .forwarded = self else { return nil }
        let host = HTTPTransport.origin(url).split(separator: "/").last.map(String.init) ?? ""
        // The standard port goes without saying, as it would on a direct connection.
        return host.hasSuffix(":80") ? String(host.dropLast(3)) : host
    }
}
