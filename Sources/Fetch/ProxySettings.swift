import FoundationEssentials

/// Which proxy a request goes through, by the variables that curl and Go's programs read.
///
/// Requests to this machine itself never go through one. Names in no_proxy stand for their subdomains too.
public struct ProxySettings: Hashable, Sendable {
    struct Server: Hashable, Sendable {
        var host: String
        var port: Int
        var user: String?
        var password: String?

        /// Host and port, as an address has them.
        var authority: String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Values of variables by lower-case name.
    private var values: [String: String] = [:]

    /// - Parameter environment: http_proxy, https_proxy and no_proxy count, in lower or upper case.
    public init(environment: [String: String]) {
        for name in ["http_proxy", "https_proxy", "no_proxy"] {
            values[name] = environment[name] ?? environment[name.uppercased()]
        }
    }

    /// Of an address that names none, by its scheme.
    private static let defaultPorts = ["http": 80, "https": 443]

    /// Those of this process.
    public static var current: ProxySettings { ProxySettings(environment: ProcessInfo.processInfo.environment) }

    /// The proxy for an address; nil for a direct connection.
    ///
    /// - Throws: `FetchError.badSource` for a proxy that is not an HTTP one.
    func server(for url: String) throws -> Server? {
        guard let target = URL(string: url), let scheme = target.scheme, let host = target.host,
            let text = values["\(scheme)_proxy"], !text.isEmpty,
            !isExcepted(host.lowercased(), port: target.port ?? Self.defaultPorts[scheme])
        else { return nil }
        let address = text.contains("://") ? text : "http://\(text)"
        guard let proxy = URL(string: address), proxy.scheme == "http", let proxyHost = proxy.host, !proxyHost.isEmpty
        else { throw FetchError.badSource("\(scheme)_proxy: expected http://[USER:PASSWORD@]HOST[:PORT]") }
        return Server(
            host: proxyHost, port: proxy.port ?? 80, user: proxy.user(percentEncoded: false),
            password: proxy.password(percentEncoded: false))
    }

    private func isExcepted(_ host: String, port: Int?) -> Bool {
        let bare = host.trimmingPrefix("[").prefix { $0 != "]" }
        if bare == "localhost" || bare == "::1" || bare.hasPrefix("127.") { return true }
        return (values["no_proxy"] ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            if entry == "*" { return true }
            if let network = AddressBlock(entry) { return network.contains(bare) }
            var name = entry.lowercased()[...]
            // One colon is a port; more are an IPv6 address.
            if name.count(where: { $0 == ":" }) == 1, let colon = name.firstIndex(of: ":") {
                guard Int(name[name.index(after: colon)...]) == port else { return false }
                name = name[..<colon]
            }
            name = name.drop { $0 == "." || $0 == "*" }
            return bare == name || bare.hasSuffix(".\(name)")
        }
    }
}
