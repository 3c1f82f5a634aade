extension HTTPTransport {
    /// `https://host:port`
    public static func origin(_ url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }

    /// The host of an address that has a login before it, as in `https://USER:PASSWORD@HOST`; nil for others.
    public static func withLogin(_ url: String) -> String? {
        let parts = origin(url).split(separator: "@", omittingEmptySubsequences: false)
        return parts.count > 1 ? parts.last.map(String.init) : nil
    }

    /// The last part of an address, without a query.
    static func fileName(_ url: String) -> String {
        withoutQuery(url).split(separator: "/").last.map(String.init) ?? url
    }

    static func requireNoDowngrade(from: String, to url: String) throws {
        if from.lowercased().hasPrefix("https://"), !url.lowercased().hasPrefix("https://") {
            throw FetchError.insecure(url: withoutQuery(url), from: from)
        }
    }

    /// Refuses a redirect to anything but HTTP: async-http-client would also ask sockets of this machine.
    static func requireHTTP(from: String, to url: String) throws {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw FetchError.badAnswer(url: from, reason: "a redirect to '\(scheme):', expected http: or https:")
        }
    }

    /// Where a redirect leads.
    static func resolve(_ target: String, against url: String) -> String {
        if withoutQuery(target).contains("://") { return target }
        if target.hasPrefix("//") { return "\(url.prefix { $0 != "/" })\(target)" }
        if target.hasPrefix("/") { return origin(url) + target }
        let folder = withoutQuery(url).split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return "\(folder.joined(separator: "/"))/\(target)"
    }

    /// For messages: behind a redirect, the query is often what opens a store.
    static func withoutQuery(_ url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" }) }
}
