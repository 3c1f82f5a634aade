import FoundationEssentials

/// The file that container tools write at login, as far as logins go.
struct DockerConfig: Decodable {
    struct Entry: Decodable {
        /// `user:password` in base64.
        var auth: String?
        var username: String?
        var password: String?
        var identityToken: String?
        var registryToken: String?

        enum CodingKeys: String, CodingKey {
            case auth
            case username
            case password
            case identityToken = "identitytoken"
            case registryToken = "registrytoken"
        }

        /// - Returns: nil for an entry that only says that somebody else keeps the login.
        /// - Throws: `FetchError.badLogin`.
        func login(for place: String) throws -> RegistryLogin? {
            if let identityToken, !identityToken.isEmpty { return .identityToken(identityToken) }
            if let registryToken, !registryToken.isEmpty { return .registryToken(registryToken) }
            if let auth, !auth.isEmpty {
                let text = Data(base64Encoded: auth).map { String(decoding: $0, as: UTF8.self) } ?? ""
                let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard halves.count == 2 else {
                    throw FetchError.badLogin(
                        registry: place, reason: "its 'auth' is not 'USER:PASSWORD' in base64")
                }
                return .password(user: halves[0], secret: halves[1])
            }
            guard let username, !username.isEmpty, let password else { return nil }
            return .password(user: username, secret: password)
        }
    }

    var auths: [String: Entry]?
    /// Programs by registry.
    var credHelpers: [String: String]?
    /// The program for all other registries.
    var credsStore: String?
}
