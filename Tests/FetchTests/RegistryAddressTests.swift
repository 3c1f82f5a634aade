import BundleModel
import Fetch
import NIOHTTP1
import Signing
import Testing
import UpstreamTestSupport

/// Registries with several addresses, runs without a network, and what is recorded of signatures.
struct RegistryAddressTests {
    private let content = RegistryContent()
    private let reference: ImageReference

    init() throws { reference = try ImageReference(RegistryContent.reference) }

    /// A second server beside the bench's.
    private func with(
        _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (FaultServer) async throws -> Void
    ) async throws {
        let server = try await FaultServer(answer)
        let outcome: Result<Void, any Error>
        do {
            try await body(server)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try await server.stop()
        try outcome.get()
    }

    @Test(arguments: [404, 401, 503])
    func theNextAddressGivesWhatTheFirstDoesNot(_ status: Int) async throws {
        let refusal = FaultServer.Reply(status: HTTPResponseStatus(statusCode: status))
        try await RegistryBench.with { _, _, _ in
            refusal
        } do: { bench in
            try await with { [content] path, _, _ in
                content.reply(path)
            } do: { second in
                let client = try bench.client(addresses: [bench.server.url, second.url])
                let image = try await client.pull(reference, architecture: .amd64)
                #expect(image.source == second.url)
                #expect(image.blobs.count == 2)
                // What answered once is asked first from then on.
                #expect(bench.server.log.allSatisfy { $0.hasSuffix("/manifests/1") })
            }
        }
    }

    @Test func aWrongBlobOfOneAddressIsFetchedFromTheNext() async throws {
        let wrong = FaultServer.Reply(body: content.layer.reversed())
        let layer = RegistryContent.path(of: content.layer)
        try await RegistryBench.with { [content] path, _, _ in
            path == layer ? wrong : content.reply(path)
        } do: { bench in
            try await with { [content] path, _, _ in
                content.reply(path)
            } do: { second in
                let client = try bench.client(addresses: [bench.server.url, second.url])
                let image = try await client.pull(reference, architecture: .amd64)
                #expect(image.blobs.map(\.digest) == [content.config, content.layer].map { SHA256Hasher.hash($0) })
                #expect(second.log.contains("GET \(layer)"))
            }
        }
    }

    @Test func theFirstAddresssErrorIsToldWhereNoneHelps() async throws {
        try await RegistryBench.with { _, _, _ in
            .init(status: .notFound)
        } do: { bench in
            let client = try bench.client(addresses: [bench.server.url, "http://127.0.0.1:1"])
            await #expect(throws: FetchError.notFound(url: "\(bench.server.url)/v2/team/tool/manifests/1")) {
                try await client.pull(reference, architecture: .amd64)
            }
        }
    }

    @Test func aRedirectToAnotherHostGetsNoLogin() async throws {
        try await with { [content] path, _, _ in
            content.reply(path)
        } do: { store in
            let place = store.url
            try await RegistryBench.with { [content] path, headers, _ in
                if headers.first(name: "Authorization") == nil {
                    return .init(status: .unauthorized, headers: [("WWW-Authenticate", #"Basic realm="r""#)])
                }
                return path.contains("/blobs/")
                    ? .init(status: .temporaryRedirect, headers: [("Location", place + path)]) : content.reply(path)
            } do: { bench in
                let client = try bench.client(login: #"{"auths":{"HOST":{"auth":"dXNlcjpzZWNyZXQ="}}}"#)
                #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
                #expect(store.authorizations == [nil, nil])
            }
        }
    }

    @Test func aChallengeOfTheHostBehindARedirectGetsNoLogin() async throws {
        try await with { path, headers, _ in
            let realm = "http://\(headers.first(name: "Host") ?? "")/token"
            return path.hasPrefix("/token")
                ? .init(body: Array(#"{"token":"x"}"#.utf8))
                : .init(status: .unauthorized, headers: [("WWW-Authenticate", #"Bearer realm="\#(realm)""#)])
        } do: { store in
            let place = store.url
            try await RegistryBench.with { [content] path, _, _ in
                path.contains("/blobs/")
                    ? .init(status: .temporaryRedirect, headers: [("Location", place + path)]) : content.reply(path)
            } do: { bench in
                let client = try bench.client(login: #"{"auths":{"HOST":{"auth":"dXNlcjpzZWNyZXQ="}}}"#)
                let error = await #expect(throws: FetchError.self) {
                    try await client.pull(reference, architecture: .amd64)
                }
                #expect(error?.category == .upstreamRefused)
                #expect(store.authorizations.allSatisfy { $0 == nil })
                #expect(!store.log.contains { $0.contains("/token") })
            }
        }
    }

    @Test func whatWasPulledOnceIsThereWithoutANetwork() async throws {
        try await RegistryBench.with { [content] path, _, _ in
            content.reply(path)
        } do: { bench in
            let online = try await bench.client().pull(reference, architecture: .amd64)
            try await bench.server.stop()
            let client = try bench.client(isOffline: true)
            #expect(try await client.pull(reference, architecture: .amd64) == online)
            let pinned = try ImageReference("\(reference)@\(online.target.digest)")
            #expect(try await client.pull(pinned, architecture: .amd64).documents == online.documents)
            let other = try ImageReference("\(reference.name):2")
            let error = await #expect(throws: FetchError.self) { try await client.pull(other, architecture: .amd64) }
            #expect(error?.category == .missingArtifact)
        }
    }

    @Test func aTagBesideADigestIsKeptAndNotAskedFor() async throws {
        try await RegistryBench.with { [content] path, _, _ in
            path.hasSuffix("/manifests/1")
                ? .init(status: .notFound)
                : path == RegistryContent.path(of: content.index, "manifests")
                    ? content.reply("/v2/team/tool/manifests/1") : content.reply(path)
        } do: { bench in
            let both = try ImageReference("\(reference)@\(SHA256Hasher.hash(content.index))")
            let image = try await bench.client().pull(both, architecture: .amd64)
            #expect(image.reference.description == both.description && image.reference.tag == "1")
            #expect(image.target.digest == both.digest)
        }
    }

    @Test func aSignatureBesideTheImageIsFoundByItsTagOrAsAReferrer() async throws {
        let digest = SHA256Hasher.hash(content.index)
        let tag = "/v2/team/tool/manifests/sha256-\(digest.hex).sig"
        let signature = content.manifest
        try await RegistryBench.with { [content] path, _, _ in
            path == tag ? .init(body: signature) : content.reply(path)
        } do: { bench in
            let client = try bench.client()
            #expect(try await client.signatures(of: digest, in: reference) == [SHA256Hasher.hash(signature)])
        }
        let index =
            #"{"schemaVersion":2,"manifests":[{"digest":"\#(digest)","artifactType":"text/plain"},"#
            + #"{"digest":"\#(SHA256Hasher.hash(signature))","artifactType":"application/vnd.cncf.notary.signature"}]}"#
        // A registry keeps the list, or whoever signs does where it keeps none.
        for place in ["referrers/\(digest)", "manifests/sha256-\(digest.hex)"] {
            try await RegistryBench.with { path, _, _ in
                path == "/v2/team/tool/\(place)" ? .init(body: Array(index.utf8)) : .init(status: .notFound)
            } do: { bench in
                let client = try bench.client()
                #expect(try await client.signatures(of: digest, in: reference) == [SHA256Hasher.hash(signature)])
                #expect(try await client.signatures(of: SHA256Hasher.hash([1]), in: reference) == [])
            }
        }
    }

    @Test(arguments: [(405, nil), (404, nil), (503, DiagnosticCategory.upstreamUnreachable), (403, .upstreamRefused)])
    func aRegistryThatDoesNotTellIsNotOneWithoutSignatures(
        _ status: Int, _ category: DiagnosticCategory?
    ) async throws {
        let refusal = FaultServer.Reply(status: HTTPResponseStatus(statusCode: status))
        try await RegistryBench.with { path, _, _ in
            path.contains("/referrers/") ? refusal : .init(status: .notFound)
        } do: { bench in
            let client = try bench.client()
            let digest = SHA256Hasher.hash(content.index)
            if let category {
                let error = await #expect(throws: FetchError.self) {
                    try await client.signatures(of: digest, in: reference)
                }
                #expect(error?.category == category)
            } else {
                #expect(try await client.signatures(of: digest, in: reference) == [])
            }
        }
    }

    @Test(arguments: [true, false])
    func whatATagNamesNowIsToldWithoutFetchingMore(_ tells: Bool) async throws {
        let digest = SHA256Hasher.hash(content.index)
        try await RegistryBench.with { [content] path, _, _ in
            var reply = content.reply(path)
            if tells { reply.headers.append(("Docker-Content-Digest", digest.description)) }
            return reply
        } do: { (bench) async throws in
            #expect(try await bench.client().digest(of: reference) == digest)
            #expect(bench.server.log.count == (tells ? 1 : 2))
        }
    }
}
