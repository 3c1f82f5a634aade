public import BundleModel
public import Fetch

/// Artifacts from their upstreams, through the cache, each checked against the checksum that upstream publishes.
public struct UpstreamArtifacts: ArtifactProvider {
    private let sources: SourcesFile
    private let cache: ArtifactCache
    private let keyrings: [String: ChecksumKeyring]

    /// - Parameter keyrings: by the name of a source whose checksum files have to be clear-signed.
    public init(sources: SourcesFile, cache: ArtifactCache, keyrings: [String: ChecksumKeyring] = [:]) {
        self.sources = sources
        self.cache = cache
        self.keyrings = keyrings
    }

    public var keptContent: ArtifactCache? { cache }

    public func location(of artifact: PlannedArtifact) throws -> String {
        try sources.url(artifact.source, artifact.path)
    }

    public func size(of artifact: PlannedArtifact) async throws -> UInt64? {
        try await cache.size(of: location(of: artifact))
    }

    public func obtain(
        _ artifact: PlannedArtifact, pinned: SHA256Digest?, progress: any ProgressSink
    ) async throws -> ObtainedArtifact {
        let url = try location(of: artifact)
        let cached: CachedArtifact
        if let pinned {
            let proof = UpstreamProof(kind: .contentDigest, source: "")
            cached = try await cache.fetch(
                FetchRequest(name: artifact.name, url: url, expectation: .sha256(pinned, proof: proof)))
        } else if let checksum = artifact.checksumPath {
            let expectation = try await expectation(of: artifact, in: sources.url(artifact.source, checksum))
            cached = try await cache.fetch(FetchRequest(name: artifact.name, url: url, expectation: expectation))
        } else {
            cached = try await fetchUnpublished(artifact, url: url)
        }
        return ObtainedArtifact(
            path: cached.path, size: cached.size, sha256: cached.sha256, proof: cached.proof, source: url)
    }

    /// What a checksum file says of an artifact; by a keyring only one whose signature holds.
    private func expectation(
        of artifact: PlannedArtifact, in url: String
    ) async throws -> FetchRequest.Expectation {
        guard let keyring = keyrings[artifact.source] else { return .published(url: url) }
        let sums = try await keyring.verify(cache.text(url), source: url)
        let digest = try ChecksumFile(sums.text, source: url).digest(of: artifact.fileName)
        return .sha256(digest, proof: UpstreamProof(kind: .signedChecksum, source: url, signer: sums.signer))
    }

    /// Where upstream publishes no checksum, what came is pinned by the lock from then on.
    private func fetchUnpublished(_ artifact: PlannedArtifact, url: String) async throws -> CachedArtifact {
        let bytes = Array(try await cache.text(url, limit: 16 << 20).utf8)
        return try cache.keep(bytes, proof: UpstreamProof(kind: .transport, source: url))
    }
}
