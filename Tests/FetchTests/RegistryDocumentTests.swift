import BundleModel
import Fetch
import NIOHTTP1
import Signing
import Testing
import UpstreamTestSupport

/// Manifests and indexes that are old, huge or of something else.
struct RegistryDocumentTests {
    private static let top = "/v2/team/tool/manifests/1"
    private static let indexType = "application/vnd.oci.image.index.v1+json"
    private let content = RegistryContent()
    private let reference: ImageReference

    init() throws { reference = try ImageReference(RegistryContent.reference) }

    /// A registry whose tag names this.
    private func answer(_ reply: FaultServer.Reply) -> @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply {
        { [content] path, _, _ in path == Self.top ? reply : content.reply(path) }
    }

    /// What a client says of it.
    private func error(_ reply: FaultServer.Reply, architecture: CPUArchitecture = .amd64) async throws -> FetchError? {
        var failure: FetchError?
        try await RegistryBench.with(answer(reply)) { bench in
            let client = try bench.client()
            do {
                _ = try await client.pull(reference, architecture: architecture)
            } catch let error as FetchError {
                failure = error
            }
            #expect(bench.server.log == ["GET \(Self.top)"])
        }
        return failure
    }

    @Test(arguments: ["application/vnd.docker.distribution.manifest.v1+prettyjws", "application/json"])
    func dockersOldestManifestIsRefusedByItsName(_ type: String) async throws {
        let body = #"{"schemaVersion":1,"name":"team/tool","fsLayers":[],"signatures":[]}"#
        let error = try await error(.init(headers: [("Content-Type", type)], body: Array(body.utf8)))
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.contains("images.invalid/team/tool:1 has a manifest of Docker's schema 1") == true)
    }

    private func entry(_ number: Int) -> String {
        let digest = SHA256Hasher.hash(Array("\(number)".utf8))
        return #"{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\#(digest)","size":7,"#
            + #""platform":{"architecture":"other\#(number)","os":"linux"}}"#
    }

    private func index(_ entries: [String]) -> FaultServer.Reply {
        let list = entries.joined(separator: ",")
        let text = #"{"schemaVersion":2,"mediaType":"\#(Self.indexType)","manifests":[\#(list)]}"#
        return .init(headers: [("Content-Type", Self.indexType)], body: Array(text.utf8))
    }

    @Test func anIndexOfTenThousandImagesIsReadAndItsPlatformsAreNotAllTold() async throws {
        let entries = (0..<10_000).map(entry)
        let error = try await error(index(entries))
        guard case .noPlatform(_, "linux/amd64", let offered)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(offered.count == 21 && offered.last == "9980 more")
        let here =
            #"{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","digest":"#
            + #""\#(SHA256Hasher.hash(content.manifest))","size":\#(content.manifest.count),"#
            + #""platform":{"architecture":"amd64","os":"linux"}}"#
        let reply = index(entries + [here])
        try await RegistryBench.with(answer(reply)) { bench in
            let image = try await bench.client().pull(reference, architecture: .amd64)
            #expect(image.manifest == SHA256Hasher.hash(content.manifest))
        }
    }

    /// Of the second, nobody knows the length before it is there.
    @Test(arguments: [
        FaultServer.Reply(body: Array("{".utf8), length: 1 << 30),
        FaultServer.Reply(body: [UInt8](repeating: UInt8(ascii: " "), count: 16 << 20), isChunked: true),
    ])
    func aHugeManifestIsRefusedWithoutReadingItAll(_ reply: FaultServer.Reply) async throws {
        let error = try await error(reply)
        #expect(error?.category == .upstreamMismatch, "\(String(describing: error))")
        #expect(error?.message.contains("\(ImageMember.documentLimit) bytes") == true)
    }

    @Test func anotherPlatformsImageWithoutAnIndexIsRefused() async throws {
        let reply = FaultServer.Reply(
            headers: [("Content-Type", "application/vnd.docker.distribution.manifest.v2+json")], body: content.manifest)
        try await RegistryBench.with(answer(reply)) { bench in
            let client = try bench.client()
            #expect(try await client.pull(reference, architecture: .amd64).documents.count == 1)
            let expected = FetchError.noPlatform(
                image: reference.description, wanted: "linux/arm64", offered: ["linux/amd64"])
            await #expect(throws: expected) { try await client.pull(reference, architecture: .arm64) }
        }
    }

    @Test func anIndexInAnIndexIsRefused() async throws {
        let inner = content.index
        let entry =
            #"{"mediaType":"\#(Self.indexType)","digest":"\#(SHA256Hasher.hash(inner))","#
            + #""size":\#(inner.count),"platform":{"architecture":"amd64","os":"linux"}}"#
        let reply = index([entry])
        let path = RegistryContent.path(of: inner, "manifests")
        try await RegistryBench.with { asked, _, _ in
            asked == Self.top ? reply : asked == path ? .init(body: inner) : .init(status: .notFound)
        } do: { bench in
            let client = try bench.client()
            let error = await #expect(throws: FetchError.self) {
                try await client.pull(reference, architecture: .amd64)
            }
            #expect(error?.message.contains("an index where an index named a manifest") == true)
        }
    }
}
