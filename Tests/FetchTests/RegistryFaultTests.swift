import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import Synchronization
import SystemPackage
import Testing
import UpstreamTestSupport

/// Registries that ask for tokens and passwords, send elsewhere, lie or are busy.
struct RegistryFaultTests {
    private let content = RegistryContent()

    @Test func anIndexGivesThePlatformsImageAndRepeatedLayersAreFetchedOnce() async throws {
        try await with { [content] path, _, _ in
            content.reply(path)
        } do: { client, server in
            let image = try await client.pull(try ImageReference(RegistryContent.reference), architecture: .amd64)
            #expect(image.target.digest == SHA256Hasher.hash(content.index))
            #expect(image.documents.map(\.bytes) == [content.index, content.manifest])
            #expect(
                image.blobs.map(\.digest)
                    == [content.config, content.layer].map { SHA256Hasher.hash($0) })
            #expect(server.log.count == 4)
        }
    }

    @Test func aSizeIsToldByManifestsAloneAndIsWhatIsPulled() async throws {
        try await with { [content] path, _, _ in
            content.reply(path)
        } do: { client, server in
            let reference = try ImageReference(RegistryContent.reference)
            let told = try await client.size(of: reference, architecture: .amd64)
            #expect(server.log.allSatisfy { $0.contains("/manifests/") } && server.log.count == 2)
            #expect(try await client.pull(reference, architecture: .amd64).size == told)
        }
    }

    @Test func aPlatformThatIsNotThereIsNamedWithThoseThatAre() async throws {
        try await with { [content] path, _, _ in
            content.reply(path)
        } do: { client, _ in
            let expected = FetchError.noPlatform(
                image: RegistryContent.reference, wanted: "linux/arm64", offered: ["unknown/unknown", "linux/amd64"])
            await #expect(throws: expected) {
                try await client.pull(try ImageReference(RegistryContent.reference), architecture: .arm64)
            }
        }
    }

    @Test func aTokenIsAskedForAndRenewedWhenItRunsOut() async throws {
        let issued = Mutex(0)
        try await with { [content] path, headers, _ in
            if path.hasPrefix("/token?") {
                guard path.contains("scope=repository%3Ateam%2Ftool%3Apull") else { return .init(status: .badRequest) }
                let number = issued.withLock { number in
                    number += 1
                    return number
                }
                return .init(body: Array(#"{"token":"t\#(number)"}"#.utf8))
            }
            // The first token does for manifests only, as one that has run out by the time of the blobs.
            let sent = headers.first(name: "Authorization") ?? ""
            if sent.hasPrefix("Bearer t"), !path.contains("/blobs/") || sent != "Bearer t1" {
                return content.reply(path)
            }
            let realm = "http://\(headers.first(name: "Host") ?? "")/token"
            let challenge = #"Bearer realm="\#(realm)",service="s",scope="repository:team/tool:pull""#
            return .init(status: .unauthorized, headers: [("WWW-Authenticate", challenge)])
        } do: { client, _ in
            let image = try await client.pull(try ImageReference(RegistryContent.reference), architecture: .amd64)
            #expect(image.blobs.count == 2)
        }
    }

    @Test(arguments: [("user:secret", true), ("user:wrong", false)])
    func aPasswordFromTheLoginFileIsUsed(_ login: String, works: Bool) async throws {
        try await with(login: login) { [content] path, headers, _ in
            let right = "Basic " + Data("user:secret".utf8).base64EncodedString()
            return headers.first(name: "Authorization") == right
                ? content.reply(path)
                : .init(status: .unauthorized, headers: [("WWW-Authenticate", #"Basic realm="r""#)])
        } do: { client, server in
            let reference = try ImageReference(RegistryContent.reference)
            if works {
                #expect(try await client.pull(reference, architecture: .amd64).blobs.count == 2)
            } else {
                let url = "\(server.url)/v2/team/tool/manifests/1"
                await #expect(throws: FetchError.refused(url: url, status: 401, retryAfter: nil)) {
                    try await client.pull(reference, architecture: .amd64)
                }
            }
        }
    }

    @Test func aBusyRegistryIsAskedAgainForItsManifest() async throws {
        try await with { [content] path, _, count in
            path.contains("/manifests/") && count == 0
                ? .init(status: .tooManyRequests, headers: [("Retry-After", "7")]) : content.reply(path)
        } do: { client, server in
            _ = try await client.pull(try ImageReference(RegistryContent.reference), architecture: .amd64)
            #expect(server.log.count(where: { $0.contains("/manifests/") }) == 4)
        }
    }

    @Test func contentOfAnotherDigestOrSizeThanNamedIsRefused() async throws {
        try await with { [content] path, _, _ in
            path == RegistryContent.path(of: content.layer)
                ? .init(body: content.layer.reversed()) : content.reply(path)
        } do: { client, _ in
            let error = await #expect(throws: FetchError.self) {
                try await client.pull(try ImageReference(RegistryContent.reference), architecture: .amd64)
            }
            #expect(error?.category == .upstreamMismatch)
        }
        let lying = RegistryContent(lie: 1)
        try await with { path, _, _ in
            lying.reply(path)
        } do: { client, server in
            let expected = FetchError.wrongSize(
                url: server.url + RegistryContent.path(of: lying.manifest, "manifests"),
                expected: UInt64(lying.manifest.count + 1), actual: UInt64(lying.manifest.count))
            await #expect(throws: expected) {
                try await client.pull(try ImageReference(RegistryContent.reference), architecture: .amd64)
            }
        }
    }

    private func with(
        login: String? = nil, _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (RegistryClient, FaultServer) async throws -> Void
    ) async throws {
        let server = try await FaultServer(answer)
        let transport = HTTPTransport()
        let folder = FilePath("/tmp/kubeferry-registry-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let outcome: Result<Void, any Error>
        do {
            let cache = ArtifactCache(
                folder: folder, transport: transport, retry: RetryPolicy(attempts: 3) { _, _ in })
            var credentials = RegistryCredentials()
            if let login {
                try FileSystem.makeDirectories(folder)
                let entry = #"{"auths":{"\#(server.url)/v2/":{"auth":"\#(Data(login.utf8).base64EncodedString())"}}}"#
                try AtomicFile.write(Array(entry.utf8), to: folder.appending("config.json"))
                credentials = try RegistryCredentials(dockerConfig: folder.appending("config.json"))
            }
            let sources = SourcesFile(files: [:], registries: [RegistryContent.host: [server.url]])
            try await body(
                RegistryClient(sources: sources, transport: transport, cache: cache, credentials: credentials), server)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try await server.stop()
        try await transport.shutdown()
        try outcome.get()
    }
}
