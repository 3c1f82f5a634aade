import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import Fetch

/// Logins as container tools keep them, and registries that want one.
struct RegistryLoginTests {
    private typealias Answer = @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply

    private static let basic = "Basic " + Data("user:secret".utf8).base64EncodedString()
    private static let answer = #"{"ServerURL":"x","Username":"user","Secret":"secret"}"#
    private let content = RegistryContent()
    private let reference: ImageReference

    init() throws { reference = try ImageReference(RegistryContent.reference) }

    /// A registry behind a password.
    private static func closed(_ content: RegistryContent) -> Answer {
        { path, headers, _ in
            headers.first(name: "Authorization") == basic
                ? content.reply(path)
                : .init(status: .unauthorized, headers: [("WWW-Authenticate", #"Basic realm="r""#)])
        }
    }

    /// A registry that wants a token which its server on the same host gives, if `gives` says so.
    private static func token(
        _ content: RegistryContent, gives: @escaping @Sendable (String, HTTPHeaders) -> FaultServer.Reply
    ) -> Answer {
        { path, headers, _ in
            if path.hasPrefix("/token") { return gives(path, headers) }
            if headers.first(name: "Authorization") == "Bearer good" { return content.reply(path) }
            let realm = "http://\(headers.first(name: "Host") ?? "")/token"
            return .init(
                status: .unauthorized, headers: [("WWW-Authenticate", #"Bearer realm="\#(realm)",service="s""#)])
        }
    }

    private static let good = FaultServer.Reply(body: Array(#"{"access_token":"good","expires_in":300}"#.utf8))

    @Test(arguments: [
        #"{"credHelpers":{"HOST":"test"}}"#, #"{"credsStore":"test","auths":{"HOST":{}}}"#,
        #"{"auths":{"HOST":{"username":"user","password":"secret"}}}"#,
        #"{"auths":{"HOST/team":{"auth":"dXNlcjpzZWNyZXQ="},"HOST":{"auth":"dXNlcjp3cm9uZw=="}}}"#,
    ])
    func everyKeeperOfLoginsIsAsked(_ login: String) async throws {
        try await RegistryBench.with(Self.closed(content)) { bench in
            try bench.write(
                "docker-credential-test",
                """
                read -r server; echo "$1 $server" >>\(bench.folder)/asked
                printf '\(Self.answer)'
                """)
            let client = try bench.client(login: login)
            #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
            guard login.contains("test") else { return }
            // The host and nothing else, and once for all that is pulled.
            #expect(try FileSystem.text(bench.folder.appending("asked")) == "get \(bench.host)\n")
        }
    }

    @Test func aHelperWithoutALoginMeansNone() async throws {
        let registry = Self.token(content) { _, headers in
            headers.first(name: "Authorization") == nil ? Self.good : .init(status: .badRequest)
        }
        try await RegistryBench.with(registry) { bench in
            try bench.write(
                "docker-credential-test", "echo 'credentials not found in native keychain'; exit 1")
            let client = try bench.client(login: #"{"credsStore":"test"}"#)
            #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
        }
    }

    @Test(arguments: [
        ("", "cannot be started"), ("echo 'keychain is locked' >&2; exit 2", "keychain is locked"),
        ("echo secret", "something else than a login"),
    ])
    func aHelperThatFailsIsNamedAndItsOutputStaysSecret(_ script: String, reason: String) async throws {
        try await RegistryBench.with(Self.closed(content)) { bench in
            if !script.isEmpty { try bench.write("docker-credential-test", script) }
            let client = try bench.client(login: #"{"credHelpers":{"HOST":"test"}}"#)
            let error = await #expect(throws: FetchError.self) {
                try await client.pull(reference, architecture: .amd64)
            }
            #expect(error?.category == .hostCommandFailed)
            #expect(error?.message.contains("docker-credential-test") == true)
            #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test func anIdentityTokenIsExchangedByAForm() async throws {
        let challenge = AuthenticationChallenge(#"Bearer realm="http://x/token",service="s""#)
        let form = challenge.tokenForm(repository: "team/tool", identityToken: "a&b")
        #expect(
            form == "grant_type=refresh_token&client_id=kubeferry&refresh_token=a%26b&service=s"
                + "&scope=repository%3Ateam%2Ftool%3Apull")
        let registry = Self.token(content) { path, headers in
            // The token is in the form, and in no address that a log keeps.
            path == "/token" && headers.first(name: "Content-Length") == "\(form.utf8.count)"
                && headers.first(name: "Content-Type") == "application/x-www-form-urlencoded"
                ? Self.good : .init(status: .badRequest)
        }
        try await RegistryBench.with(registry) { bench in
            let client = try bench.client(login: #"{"auths":{"HOST":{"auth":"dTo=","identitytoken":"a&b"}}}"#)
            #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
            #expect(bench.server.log.contains("POST /token"))
        }
    }

    @Test func aRegistryTokenIsSentAsItIs() async throws {
        try await RegistryBench.with(Self.token(content) { _, _ in .init(status: .forbidden) }) { bench in
            let client = try bench.client(login: #"{"auths":{"HOST":{"registrytoken":"good"}}}"#)
            #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
        }
    }

    @Test(arguments: [401, 403, 404])
    func aServerThatGivesNoTokenIsNamedWithRegistryAndRepository(_ status: Int) async throws {
        let refusal = FaultServer.Reply(status: HTTPResponseStatus(statusCode: status))
        try await RegistryBench.with(Self.token(content) { _, _ in refusal }) { bench in
            let client = try bench.client()
            let expected = FetchError.loginDenied(
                image: "images.invalid/team/tool", url: "\(bench.server.url)/token", status: status)
            await #expect(throws: expected) { try await client.pull(reference, architecture: .amd64) }
            #expect(bench.server.log.count(where: { $0.contains("/token") }) == 1)
        }
    }

    @Test func manyPullsShareOneToken() async throws {
        try await RegistryBench.with(Self.token(content) { _, _ in Self.good }) { bench in
            let client = try bench.client()
            let reference = reference
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask { _ = try await client.pull(reference, architecture: .amd64) }
                }
                try await group.waitForAll()
            }
            #expect(bench.server.log.count(where: { $0.contains("/token") }) == 1)
        }
    }

    @Test(arguments: [
        "{", #"{"credsStore":"../../bin/sh"}"#, #"{"auths":{"HOST":{"auth":"no colon"}}}"#,
    ])
    func aLoginFileThatCannotBeReadIsRefused(_ login: String) async throws {
        try await RegistryBench.with { _, _, _ in
            .init()
        } do: { bench throws in
            #expect(throws: FetchError.self) { try bench.client(login: login) }
        }
    }

    private static let challenges: [(String, String, [String: String])] = [
        (#"Basic realm="a b""#, "basic", ["realm": "a b"]), ("Negotiate", "negotiate", [:]),
        (
            #"Bearer realm="https://x/t",scope="repository:a:pull,push""#, "bearer",
            ["realm": "https://x/t", "scope": "repository:a:pull,push"]
        ),
        ("BEARER realm=https://x/t, service=s", "bearer", ["realm": "https://x/t", "service": "s"]),
    ]

    @Test(arguments: challenges)
    func challengesAreRead(_ header: String, scheme: String, parameters: [String: String]) {
        let challenge = AuthenticationChallenge(header)
        #expect(challenge.scheme == scheme)
        #expect(challenge.parameters == parameters)
    }
}
