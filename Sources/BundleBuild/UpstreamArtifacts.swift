public import BundleModel
public import Fetch

/// Artifacts from their upstreams, through the cache, each checked against the checksum that upstream publishes.
public struct UpstreamArtifacts: ArtifactProvider {
    private let sources: SourcesFile
    private let cache: ArtifactCache

    public init(sources: SourcesFile, cache: ArtifactCache) {
        self.sources = sources
        self.cache = cache
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
            let expectation = FetchRequest.Expectation.published(url: try sources.url(artifact.source, checksum))
            cached = try await cache.fetch(FetchRequest(name: artifact.name, url: url, expectation: expectation))
        } else {
            cached = try await fetchUnpublished(artifact, url: url)
        }
        return ObtainedArtifact(
            path: cached.path, size: cached.size, sha256: cached.sha256, proof: cached.proof, source: url)
    }

    /// Where upstream publishes no checksum, what came is pinned by the lock from then on.
    private func fetchUnpublished(_ artifact: PlannedArtifact, url: String) async throws -> CachedArtifact {
        let bytes = Array(try await cache.text(url, limit: 16 << 20).utf8)
        return try cache.keep(bytes, proof: UpstreamProof(kind: .transport, source: url))
    }
}
