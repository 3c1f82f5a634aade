/// A WWW-Authenticate header: `Bearer realm="…",service="…",scope="…"` or `Basic realm="…"`.
struct AuthenticationChallenge: Hashable, Sendable {
    /// In lower case.
    let scheme: String
    let parameters: [String: String]

    init(_ header: String) {
        scheme = header.prefix { $0 != " " }.lowercased()
        var parameters: [String: String] = [:]
        var rest = header.drop { $0 != " " }
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

    /// Where tokens are given out; nil for other schemes, and for what is no address.
    var realm: String? {
        guard scheme == "bearer", let realm = parameters["realm"],
            realm.hasPrefix("https://") || realm.hasPrefix("http://")
        else { return nil }
        return realm
    }

    /// Where to ask for a token to pull from a repository; nil for other schemes.
    func tokenURL(repository: String) -> String? {
        guard let realm else { return nil }
        return realm + (realm.contains("?") ? "&" : "?") + Self.query(access(to: repository))
    }

    /// What to send to the realm, as a form, to get a token for one that was given at login.
    func tokenForm(repository: String, identityToken: String) -> String {
        let grant = [
            (name: "grant_type", value: "refresh_token"), (name: "client_id", value: "kubeferry"),
            (name: "refresh_token", value: identityToken),
        ]
        return Self.query(grant + access(to: repository))
    }

    private func access(to repository: String) -> [(name: String, value: String)] {
        let service = parameters["service"].map { [(name: "service", value: $0)] } ?? []
        return service + [(name: "scope", value: parameters["scope"] ?? "repository:\(repository):pull")]
    }

    private static func query(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\($0.name)=\(escape($0.value))" }.joined(separator: "&")
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
