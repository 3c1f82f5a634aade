import FoundationEssentials

/// What opens a registry.
enum RegistryLogin: Hashable, Sendable {
    case password(user: String, secret: String)
    /// For the registry's token server, which gives tokens for it.
    case identityToken(String)
    /// For the registry itself, as it is.
    case registryToken(String)

    /// The value of an Authorization header, where this is a name and a password.
    var basic: String? {
        guard case .password(let user, let secret) = self else { return nil }
        return "Basic " + Data("\(user):\(secret)".utf8).base64EncodedString()
    }
}
