public import BundleModel
public import Fetch
import Host

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
        try await cache.size(of: sources.urls(artifact.source, artifact.path))
    }

    public func obtain(
        _ artifact: PlannedArtifact, pinned: SHA256Digest?, progress: any ProgressSink
    ) async throws -> ObtainedArtifact {
        let urls = try sources.urls(artifact.source, artifact.path)
        let cached: CachedArtifact
        if let pinned {
            let proof = UpstreamProof(kind: .contentDigest, source: "")
            cached = try await cache.fetch(
                FetchRequest(name: artifact.name, urls: urls, expectation: .sha256(pinned, proof: proof)))
        } else if let checksum = artifact.checksumPath {
            let expectation = try await expectation(of: artifact, in: sources.urls(artifact.source, checksum))
            cached = try await cache.fetch(FetchRequest(name: artifact.name, urls: urls, expectation: expectation))
        } else {
            cached = try await fetchUnpublished(artifact, urls: urls)
        }
        // The canonical address, wherever the bytes came from: a lock is the same on machines with different mirrors.
        return ObtainedArtifact(
            path: cached.path, size: cached.size, sha256: cached.sha256, proof: cached.proof,
            source: try location(of: artifact))
    }

    /// What a checksum file says of an artifact; by a keyring only one whose signature holds.
    private func expectation(
        of artifact: PlannedArtifact, in urls: [String]
    ) async throws -> FetchRequest.Expectation {
        let url = urls.first ?? ""
        guard let keyring = keyrings[artifact.source] else {
            return .published(url: url, mirrors: Array(urls.dropFirst()))
        }
        func expectation(_ file: CachedDocument) async throws -> FetchRequest.Expectation {
            let sums = try await keyring.verify(file.bytes, source: url)
            let digest = try ChecksumFile(sums.text, source: url).digest(of: artifact.fileName)
            return .sha256(digest, proof: UpstreamProof(kind: .signedChecksum, source: url, signer: sums.signer))
        }
        let file = try await cache.document(
            urls, name: "checksums of \(artifact.name)", limit: 1 << 20, check: { _ = try await expectation($0) })
        return try await expectation(file)
    }

    /// Where upstream publishes no checksum, what came is pinned by the lock from then on.
    private func fetchUnpublished(_ artifact: PlannedArtifact, urls: [String]) async throws -> CachedArtifact {
        let file = try await cache.document(urls, name: artifact.name, limit: 16 << 20, hasEnd: true) { document in
            if artifact.kind == .manifest { try ManifestCheck.require(document.bytes, url: document.url) }
        }
        let proof = UpstreamProof(kind: .transport, source: urls.first ?? file.url)
        return try await BlockingPool.shared.run { try cache.keep(file.bytes, proof: proof) }
    }
}
