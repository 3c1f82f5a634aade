/// A WWW-Authenticate header: `Bearer realm="…",service="…",scope="…"` or `Basic realm="…"`.
struct AuthenticationChallenge: Hashable, Sendable {
    let scheme: String
    let parameters: [String: String]

    init?(_ header: String) {
        guard let space = header.firstIndex(of: " ") else { return nil }
        scheme = header[..<space].lowercased()
        var parameters: [String: String] = [:]
        var rest = header[header.index(after: space)...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].drop { $0 == "," || $0 == " " }.lowercased()
            rest = rest[rest.index(after: equals)...]
            if rest.first == "\"" {
                rest = rest.dropFirst()
                let end = rest.firstIndex(of: "\"") ?? rest.endIndex
                parameters[name] = String(rest[..<end])
                rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                parameters[name] = String(rest[..<end])
                rest = rest[end...]
            }
        }
        self.parameters = parameters
    }

    /// Where to ask for a token; nil for other schemes.
    func tokenURL() -> String? {
        guard scheme == "bearer", let realm = parameters["realm"] else { return nil }
        let query = ["service", "scope"].compactMap { name in
            parameters[name].map { "\(name)=\(Self.escape($0))" }
        }
        return query.isEmpty ? realm : realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    private static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
            return plain.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
