import BundleModel
import Fetch
import Host
import Signing
import SystemPackage

/// The operator's own manifests, charts and values. The cache keeps what was used of them, so that a lock can be kept
/// when they have changed or gone.
struct LocalFiles: Sendable {
    /// Nil: nothing is kept.
    let cache: ArtifactCache?

    private static let scheme = "file:"
    private static let proof = UpstreamProof(kind: .local, source: "")

    /// How a lock names a file: by its path where that is relative, else by its name alone, since the rest of the path
    /// is this machine's.
    static func source(_ path: String) -> String {
        let path = FilePath(path).lexicallyNormalized()
        return scheme + (path.isAbsolute ? path.lastComponent?.string ?? "" : path.string)
    }

    /// A file as it is now.
    ///
    /// - Throws: `HostError.unreadableInput`.
    func obtain(_ path: String) async throws -> ObtainedArtifact {
        let cache = cache
        return try await BlockingPool.shared.run {
            let bytes = try FileSystem.readInput(FilePath(path))
            let kept = try cache?.keep(bytes, proof: Self.proof)
            return ObtainedArtifact(
                path: kept?.path ?? FilePath(path), size: UInt64(bytes.count), sha256: SHA256Hasher.hash(bytes),
                proof: Self.proof, source: Self.source(path))
        }
    }

    /// A file of a lock: from the cache, else from its path.
    ///
    /// - Parameter what: for messages.
    /// - Throws: `BundleBuildError.missing`, `.wrongChecksum`.
    func obtain(_ what: String, source: String, pinned digest: SHA256Digest) async throws -> ObtainedArtifact {
        if let kept = try await kept(digest, source: source) { return kept }
        let path = String(source.dropFirst(Self.scheme.count))
        guard source.hasPrefix(Self.scheme), FileSystem.exists(FilePath(path)) else {
            throw BundleBuildError.missing("\(what), \(digest),", lookedIn: "the cache, nor at '\(path)'")
        }
        let file = try await obtain(path)
        guard file.sha256 == digest else {
            throw BundleBuildError.wrongChecksum("\(what), \(path)", expected: digest, actual: file.sha256)
        }
        return file
    }

    /// What the cache has under a digest; nil where that is nothing.
    func kept(_ digest: SHA256Digest, source: String) async throws -> ObtainedArtifact? {
        guard let kept = try await cache?.contains(digest) else { return nil }
        return ObtainedArtifact(
            path: kept.path, size: kept.size, sha256: digest, proof: Self.proof, source: source)
    }

    /// A packed chart, or a chart's folder. A folder's digest is that of the list of its files as sha256sum prints
    /// it, sorted by path; its size is that of all files. The cache does not keep folders.
    ///
    /// - Throws: `HostError.unreadableInput`, `BundleBuildError.badChart` for a folder with more than files and folders.
    func chart(_ path: String) async throws -> ObtainedArtifact {
        let root = FilePath(path)
        guard try FileSystem.status(root)?.kind == .directory else { return try await obtain(path) }
        return try await BlockingPool.shared.run {
            var size: UInt64 = 0
            let hasher = SHA256Hasher()
            for name in try Self.files(below: root, chart: path) {
                let file = root.pushing(FilePath(name))
                size += try FileSystem.status(file)?.size ?? 0
                hasher.update(Array("\(try SHA256Hasher.hash(file: file).hex)  \(name)\n".utf8))
            }
            return ObtainedArtifact(
                path: root, size: size, sha256: hasher.finish(), proof: Self.proof, source: Self.source(path))
        }
    }

    /// Paths relative to the folder, sorted by their bytes.
    private static func files(below root: FilePath, chart: String) throws -> [String] {
        var files: [String] = []
        var open = [""]
        while let folder = open.popLast() {
            for entry in try FileSystem.list(folder.isEmpty ? root : root.pushing(FilePath(folder))) {
                let name = folder.isEmpty ? entry : "\(folder)/\(entry)"
                switch try FileSystem.status(root.pushing(FilePath(name)))?.kind {
                case .file: files.append(name)
                case .directory: open.append(name)
                case .symlink, .other, nil:
                    throw BundleBuildError.badChart(chart, reason: "'\(name)' is neither a file nor a folder")
                }
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
