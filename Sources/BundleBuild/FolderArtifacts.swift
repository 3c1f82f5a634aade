public import BundleModel
public import Fetch
import Host
import Signing
public import SystemPackage

/// Artifacts in a folder, at the path that their URL has without its scheme: `DIR/dl.k8s.io/release/v1.33.6/…`.
public struct FolderArtifacts: ArtifactProvider {
    private let folder: FilePath
    private let bases: [String: String]
    public let keptContent: ArtifactCache?

    /// - Parameters:
    ///   - bases: base URLs by source name.
    ///   - cache: keeps what is rendered and the operator's own files; artifacts stay in the folder.
    public init(folder: FilePath, bases: [String: String], cache: ArtifactCache? = nil) {
        self.folder = folder
        self.bases = bases
        keptContent = cache
    }

    public func location(of artifact: PlannedArtifact) throws -> String {
        "file:" + (try relative(artifact.path, artifact))
    }

    public func size(of artifact: PlannedArtifact) async throws -> UInt64? {
        try file(artifact).size
    }

    public func obtain(
        _ artifact: PlannedArtifact, pinned: SHA256Digest?, progress: any ProgressSink
    ) async throws -> ObtainedArtifact {
        let place = try relative(artifact.path, artifact)
        let (path, size) = try file(artifact)
        let digest = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
        var proof = UpstreamProof(kind: .local, source: "")
        if let checksumPath = artifact.checksumPath {
            let checksumPlace = try relative(checksumPath, artifact)
            if let text = try FileSystem.text(folder.pushing(FilePath(checksumPlace))) {
                let published = try ChecksumFile(text, source: "file:\(checksumPlace)").digest(of: artifact.fileName)
                guard published == digest else {
                    throw BundleBuildError.wrongChecksum(place, expected: published, actual: digest)
                }
                proof = UpstreamProof(kind: .publishedChecksum, source: "file:\(checksumPlace)")
            }
        }
        if let pinned, pinned != digest {
            throw BundleBuildError.wrongChecksum(place, expected: pinned, actual: digest)
        }
        return ObtainedArtifact(
            path: path, size: size, sha256: digest, proof: proof, source: "file:\(place)")
    }

    private func file(_ artifact: PlannedArtifact) throws -> (path: FilePath, size: UInt64) {
        let place = try relative(artifact.path, artifact)
        let path = folder.pushing(FilePath(place))
        guard let status = try FileSystem.status(path), status.kind == .file else {
            throw BundleBuildError.missing(place, lookedIn: folder.string)
        }
        return (path, status.size)
    }

    private func relative(_ path: String, _ artifact: PlannedArtifact) throws -> String {
        guard let base = bases[artifact.source] else {
            throw BundleBuildError.missing("the source '\(artifact.source)'", lookedIn: "the sources file")
        }
        var host = base[...]
        for scheme in ["https://", "http://"] where host.hasPrefix(scheme) { host = host.dropFirst(scheme.count) }
        while host.hasSuffix("/") { host = host.dropLast() }
        return "\(host)/\(path)"
    }
}
