import BundleModel
import FoundationEssentials
import NIOHTTP1

extension RegistryClient {
    private struct Token: Decodable {
        var token: String?
        var accessToken: String?
        /// Seconds.
        var expiresIn: Double?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
            case expiresIn = "expires_in"
        }
    }

    /// Of one request: hours of a layer on a slow line, with a token for each minute.
    private static let mostRenewals = 1000

    /// Does a request with what is known to open the repository. Where that is refused, once more with what the
    /// registry asks for; again only when that had been good for a while, as a token is in the middle of a large layer.
    ///
    /// - Parameters:
    ///   - url: what is asked for.
    ///   - request: given the value of the Authorization header.
    nonisolated func authorized<Result>(
        _ endpoint: RegistryEndpoint, url: String, _ request: (String?) async throws -> Result
    ) async throws -> Result {
        var authorization = try await authorization(for: endpoint)
        var times = 0
        while true {
            do {
                return try await request(authorization?.value)
            } catch FetchError.refused(_, 401, _) where Self.isRenewed(authorization, after: times) {
                authorization = try await renewed(authorization, endpoint, url: url)
                times += 1
            }
        }
    }

    /// - Parameter times: that it was renewed already. A registry that refuses slowly is not asked for ever.
    private static func isRenewed(_ refused: RegistryAuthorization?, after times: Int) -> Bool {
        times == 0 || (refused?.wasGood == true && times < mostRenewals)
    }

    /// Nil until the registry has asked for something.
    private func authorization(for endpoint: RegistryEndpoint) async throws -> RegistryAuthorization? {
        guard let known = authorizations[endpoint], known.hasExpired, let challenge = known.challenge else {
            return authorizations[endpoint]
        }
        return try await renewals.value(for: endpoint) {
            try await self.answer(to: [challenge], endpoint, url: endpoint.address)
        }
    }

    /// An authorization in place of one that was refused: another task's newer one, or the answer to a new challenge.
    private func renewed(
        _ refused: RegistryAuthorization?, _ endpoint: RegistryEndpoint, url: String
    ) async throws -> RegistryAuthorization {
        if let known = authorizations[endpoint], known != refused { return known }
        return try await renewals.value(for: endpoint) {
            let challenges = try await self.challenges(of: url)
            return try await self.answer(to: challenges, endpoint, url: url)
        }
    }

    /// What a registry wants to see before it answers; nil where it wants nothing.
    private nonisolated func challenges(of url: String) async throws -> [AuthenticationChallenge]? {
        try await cache.repeating { () async throws -> [AuthenticationChallenge]? in
            let answer = try await transport.get(url, method: .HEAD)
            if answer.status == 401 {
                // What another host asks for, behind a redirect, is not for this registry's login.
                guard HTTPTransport.origin(answer.url) == HTTPTransport.origin(url) else {
                    throw FetchError.refused(url: answer.url, status: 401, retryAfter: nil)
                }
                return answer.headers["WWW-Authenticate"].map(AuthenticationChallenge.init)
            }
            if let failure = HTTPTransport.failure(answer) { throw failure }
            return nil
        }
    }

    private func answer(
        to challenges: [AuthenticationChallenge]?, _ endpoint: RegistryEndpoint, url: String
    ) async throws -> RegistryAuthorization {
        let authorization = try await makeAuthorization(challenges, endpoint, url: url)
        authorizations[endpoint] = authorization
        return authorization
    }

    private nonisolated func makeAuthorization(
        _ challenges: [AuthenticationChallenge]?, _ endpoint: RegistryEndpoint, url: String
    ) async throws -> RegistryAuthorization {
        guard let challenges else { return RegistryAuthorization(nil) }
        for challenge in challenges {
            if let realm = challenge.realm {
                try HTTPTransport.requireNoDowngrade(from: url, to: realm)
                return try await token(challenge, realm: realm, endpoint)
            }
            if challenge.scheme == "basic", let basic = try await login(endpoint)?.basic {
                return RegistryAuthorization(basic)
            }
        }
        throw FetchError.refused(url: url, status: 401, retryAfter: nil)
    }

    private nonisolated func login(_ endpoint: RegistryEndpoint) async throws -> RegistryLogin? {
        switch credentials.keeper(for: endpoint.address, repository: endpoint.repository) {
        case nil: return nil
        case .file(let login): return login
        case .helper(let helper, let server):
            if let known = await logins[server] { return known }
            let login = try await questions.value(for: server) { try await helper.login(for: server) }
            await remember(login, for: server)
            return login
        }
    }

    private func remember(_ login: RegistryLogin?, for server: String) { logins[server] = .some(login) }

    private nonisolated func token(
        _ challenge: AuthenticationChallenge, realm: String, _ endpoint: RegistryEndpoint
    ) async throws -> RegistryAuthorization {
        let login = try await login(endpoint)
        if case .registryToken(let token)? = login { return RegistryAuthorization("Bearer \(token)") }
        return try await cache.repeating { () async throws -> RegistryAuthorization in
            let answer: HTTPTransport.Answer
            if case .identityToken(let token)? = login {
                answer = try await transport.post(
                    realm, form: challenge.tokenForm(repository: endpoint.repository, identityToken: token))
            } else {
                var headers = HTTPHeaders()
                if let basic = login?.basic { headers.add(name: "Authorization", value: basic) }
                answer = try await transport.get(
                    challenge.tokenURL(repository: endpoint.repository) ?? realm, headers: headers)
            }
            if [400, 401, 403, 404].contains(answer.status) {
                throw FetchError.loginDenied(
                    image: "\(endpoint.registry)/\(endpoint.repository)", url: realm, status: answer.status)
            }
            if let failure = HTTPTransport.failure(answer) { throw failure }
            let bytes = try await transport.bytes(of: answer, limit: 1 << 20)
            guard let token = try? CanonicalJSON.decode(Token.self, from: Data(bytes)),
                let value = token.token ?? token.accessToken, !value.isEmpty
            else { throw FetchError.badAnswer(url: realm, reason: "the answer holds no token") }
            return RegistryAuthorization("Bearer \(value)", challenge: challenge, seconds: token.expiresIn ?? 60)
        }
    }
}
