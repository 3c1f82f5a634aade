import BundleModel
import FoundationEssentials
import NIOCore
import NIOHTTP1

extension RegistryClient {
    private struct Token: Decodable {
        var token: String?
        var accessToken: String?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
        }
    }

    /// A GET that answers a challenge once, with a token or with the user's password.
    func authorized(_ url: String, base: String, headers: HTTPHeaders) async throws -> HTTPTransport.Answer {
        var headers = headers
        if let known = known(base) { headers.replaceOrAdd(name: "Authorization", value: known) }
        let answer = try await transport.get(url, headers: headers)
        guard answer.status == 401, let authorization = try await answerToChallenge(answer, url: url) else {
            if let failure = HTTPTransport.failure(answer) { throw failure }
            return answer
        }
        remember(authorization, for: base)
        headers.replaceOrAdd(name: "Authorization", value: authorization)
        let second = try await transport.get(url, headers: headers)
        if let failure = HTTPTransport.failure(second) { throw failure }
        return second
    }

    /// An authorization in place of one that was refused: another task's newer one, or the answer to a new challenge.
    func renewed(_ refused: String?, url: String, base: String) async throws -> String? {
        if let known = known(base), known != refused { return known }
        let authorization = try await cache.repeating {
            let answer = try await transport.get(url, method: .HEAD)
            guard answer.status == 401 else {
                if let failure = HTTPTransport.failure(answer) { throw failure }
                return String?.none
            }
            guard let authorization = try await answerToChallenge(answer, url: url) else {
                throw FetchError.refused(url: url, status: 401, retryAfter: nil)
            }
            return authorization
        }
        remember(authorization, for: base)
        return authorization
    }

    /// What to send for a 401; nil where nothing is known that would do.
    private func answerToChallenge(_ answer: HTTPTransport.Answer, url: String) async throws -> String? {
        let challenges = answer.headers["WWW-Authenticate"].compactMap(AuthenticationChallenge.init)
        let basic = credentials.basic(for: url)
        for challenge in challenges {
            if let tokenURL = challenge.tokenURL() { return try await token(tokenURL, basic: basic, url: url) }
            if challenge.scheme == "basic", let basic { return basic }
        }
        return nil
    }

    private func token(_ tokenURL: String, basic: String?, url: String) async throws -> String {
        try HTTPTransport.requireNoDowngrade(from: url, to: tokenURL)
        var headers = HTTPHeaders()
        if let basic { headers.add(name: "Authorization", value: basic) }
        let answer = try await transport.get(tokenURL, headers: headers)
        if let failure = HTTPTransport.failure(answer) { throw failure }
        let buffer = try await transport.classify(tokenURL) { try await answer.body.collect(upTo: 1 << 20) }
        guard let token = try? CanonicalJSON.decode(Token.self, from: Data(buffer.readableBytesView)),
            let value = token.token ?? token.accessToken
        else { throw FetchError.badAnswer(url: tokenURL, reason: "the answer holds no token") }
        return "Bearer \(value)"
    }
}
