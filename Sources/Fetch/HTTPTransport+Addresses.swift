extension HTTPTransport {
    /// `https://host:port`
    public static func origin(_ url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }

    /// The last part of an address, without a query.
    static func fileName(_ url: String) -> String {
        withoutQuery(url).split(separator: "/").last.map(String.init) ?? url
    }

    static func requireNoDowngrade(from: String, to url: String) throws {
        if from.lowercased().hasPrefix("https://"), !url.lowercased().hasPrefix("https://") {
            throw FetchError.insecure(url: url, from: from)
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

    private static func withoutQuery(_ url: String) -> Substring { url.prefix { $0 != "?" && $0 != "#" } }
}
