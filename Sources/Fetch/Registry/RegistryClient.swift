public import BundleModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Signing

/// Pulls images by the OCI distribution protocol, one platform each, every digest and size checked.
public actor RegistryClient {
    private struct Token: Decodable {
        var token: String?
        var accessToken: String?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
        }
    }

    private let sources: SourcesFile
    private let transport: HTTPTransport
    private let cache: ArtifactCache
    private let credentials: RegistryCredentials
    /// Authorization headers by registry and repository.
    private var authorizations: [String: String] = [:]

    public init(
        sources: SourcesFile, transport: HTTPTransport, cache: ArtifactCache,
        credentials: RegistryCredentials = RegistryCredentials()
    ) {
        self.sources = sources
        self.transport = transport
        self.cache = cache
        self.credentials = credentials
    }

    /// Resolves a reference for one platform and fetches everything that belongs to it.
    ///
    /// - Throws: `FetchError`.
    public func pull(_ reference: ImageReference, architecture: CPUArchitecture) async throws -> PulledImage {
        let base = "\(sources.registry(of: reference))/v2/\(reference.repository)"
        let top = try await manifest(
            "\(base)/manifests/\(reference.manifestReference)", base: base, expected: reference.digest)
        var chosen = top
        if top.parsed.manifests != nil {
            guard let descriptor = top.parsed.manifest(for: architecture) else {
                let offered = top.parsed.manifests?.compactMap { $0.platform.map { "\($0.os)/\($0.architecture)" } }
                throw FetchError.noPlatform(
                    image: reference.description, wanted: "linux/\(architecture.rawValue)", offered: offered ?? [])
            }
            chosen = try await manifest(
                "\(base)/manifests/\(descriptor.digest)", base: base, expected: descriptor.digest)
        }
        guard let config = chosen.parsed.config, let layers = chosen.parsed.layers else {
            throw FetchError.badAnswer(url: chosen.url, reason: "a manifest without config or layers")
        }
        let authorization = authorizations[base]
        let descriptors = [config] + layers
        let blobs = try await withThrowingTaskGroup(of: (Int, CachedArtifact).self) { group in
            var fetched = [CachedArtifact?](repeating: nil, count: descriptors.count)
            for (number, descriptor) in descriptors.enumerated() {
                // Four at a time: more gains nothing from one registry and invites 429.
                if number >= 4, let (done, blob) = try await group.next() { fetched[done] = blob }
                group.addTask { [cache] in
                    let url = "\(base)/blobs/\(descriptor.digest)"
                    return (
                        number,
                        try await cache.fetch(
                            FetchRequest(
                                name: "\(reference.repository) blob \(number)", url: url,
                                expectation: .sha256(
                                    descriptor.digest, proof: UpstreamProof(kind: .contentDigest, source: url)),
                                authorization: authorization, size: descriptor.size))
                    )
                }
            }
            for try await (done, blob) in group { fetched[done] = blob }
            return fetched.compactMap { $0 }
        }
        for (blob, descriptor) in zip(blobs, descriptors) where blob.size != descriptor.size {
            throw FetchError.wrongSize(
                url: "\(base)/blobs/\(descriptor.digest)", expected: descriptor.size, actual: blob.size)
        }
        return PulledImage(
            reference: reference, digest: top.digest, manifest: chosen.digest, manifestMediaType: chosen.mediaType,
            manifestBytes: chosen.bytes,
            blobs: blobs.map { PulledImage.Blob(digest: $0.sha256, size: $0.size, path: $0.path) },
            source: sources.registry(of: reference))
    }

    private struct FetchedManifest {
        let url: String
        let bytes: [UInt8]
        let digest: SHA256Digest
        let mediaType: String
        let parsed: ImageManifest
    }

    private func manifest(_ url: String, base: String, expected: SHA256Digest?) async throws -> FetchedManifest {
        var headers = HTTPHeaders()
        for type in ImageManifest.mediaTypes { headers.add(name: "Accept", value: type) }
        let answer = try await authorized(url, base: base, headers: headers)
        let buffer = try await transport.classify(url) { try await answer.body.collect(upTo: 4 << 20) }
        if answer.isHTML { throw FetchError.html(url: url) }
        let bytes = Array(buffer.readableBytesView)
        let digest = SHA256Hasher.hash(bytes)
        if let expected, digest != expected {
            throw FetchError.wrongDigest(url: url, expected: expected, actual: digest)
        }
        guard let parsed = try? CanonicalJSON.decode(ImageManifest.self, from: Data(bytes)), parsed.schemaVersion == 2
        else { throw FetchError.badAnswer(url: url, reason: "not an image manifest of schema 2") }
        let type = parsed.mediaType ?? answer.headers.first(name: "Content-Type") ?? ""
        guard ImageManifest.mediaTypes.contains(type) else {
            throw FetchError.badAnswer(url: url, reason: "unknown manifest type '\(type)'")
        }
        return FetchedManifest(url: url, bytes: bytes, digest: digest, mediaType: type, parsed: parsed)
    }

    /// A GET that answers a challenge once, with a token or with the user's password.
    private func authorized(_ url: String, base: String, headers: HTTPHeaders) async throws -> HTTPTransport.Answer {
        var headers = headers
        if let known = authorizations[base] { headers.replaceOrAdd(name: "Authorization", value: known) }
        let answer = try await transport.get(url, headers: headers)
        guard answer.status == 401,
            let challenge = answer.headers["WWW-Authenticate"].lazy.compactMap(AuthenticationChallenge.init).first,
            let authorization = try await authorization(for: challenge, url: url)
        else {
            if let failure = HTTPTransport.failure(answer) { throw failure }
            return answer
        }
        authorizations[base] = authorization
        headers.replaceOrAdd(name: "Authorization", value: authorization)
        let second = try await transport.get(url, headers: headers)
        if let failure = HTTPTransport.failure(second) { throw failure }
        return second
    }

    private func authorization(for challenge: AuthenticationChallenge, url: String) async throws -> String? {
        let basic = credentials.basic(for: url)
        if challenge.scheme == "basic" { return basic }
        guard let tokenURL = challenge.tokenURL() else { return nil }
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
