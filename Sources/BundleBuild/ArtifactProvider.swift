public import BundleModel
public import Fetch
public import SystemPackage

/// Where artifacts come from: real upstreams, or a folder that somebody filled.
public protocol ArtifactProvider: Sendable {
    /// Where content that was fetched, rendered or read from the operator's files is kept; nil where nothing is.
    var keptContent: ArtifactCache? { get }

    /// The URL or path that an artifact would be read from.
    func location(of artifact: PlannedArtifact) throws -> String

    /// Bytes that `obtain` would give, without fetching; nil where the source does not tell.
    func size(of artifact: PlannedArtifact) async throws -> UInt64?

    /// The artifact as a local file, checked against what upstream published.
    ///
    /// - Parameter pinned: the digest of a lock; nothing else is then accepted.
    func obtain(
        _ artifact: PlannedArtifact, pinned: SHA256Digest?, progress: any ProgressSink
    ) async throws -> ObtainedArtifact
}

extension ArtifactProvider {
    public var keptContent: ArtifactCache? { nil }
}

/// A checked local file.
public struct ObtainedArtifact: Hashable, Sendable {
    public var path: FilePath
    /// Bytes.
    public var size: UInt64
    public var sha256: SHA256Digest
    public var proof: UpstreamProof
    /// URL, or `file:` and a path below the folder.
    public var source: String

    public init(path: FilePath, size: UInt64, sha256: SHA256Digest, proof: UpstreamProof, source: String) {
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.proof = proof
        self.source = source
    }
}
