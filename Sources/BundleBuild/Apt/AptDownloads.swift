import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Files of archives by URL: from the network through the cache, or from a folder of this machine.
struct AptDownloads: Sendable {
    let cache: ArtifactCache

    /// The path that a file: or copy: URL means; nil for others.
    static func localPath(_ url: String) -> FilePath? {
        for scheme in ["file:", "copy:"] where url.hasPrefix(scheme) {
            var path = url.dropFirst(scheme.count)
            if path.hasPrefix("//localhost/") { path = path.dropFirst("//localhost".count) }
            while path.hasPrefix("//") { path = path.dropFirst() }
            return FilePath(String(path))
        }
        return nil
    }

    /// A small file that nothing pins yet.
    ///
    /// - Parameter limit: bytes.
    /// - Throws: `FetchError`, `HostError`.
    func require(_ url: String, name: String, limit: Int) async throws -> [UInt8] {
        guard let path = Self.localPath(url) else {
            return try await cache.document([url], name: name, limit: limit).bytes
        }
        guard let bytes = try FileSystem.readIfPresent(path, limit: limit) else { throw FetchError.notFound(url: url) }
        return bytes
    }

    /// As `require`; nil where the archive has no such file, or a run without a network does not know of one.
    func document(_ url: String, name: String, limit: Int) async throws -> [UInt8]? {
        do {
            return try await require(url, name: name, limit: limit)
        } catch FetchError.notFound {
            return nil
        } catch FetchError.notCached {
            return nil
        }
    }

    /// A pinned file, in the cache from then on.
    ///
    /// - Parameter urls: tried in order; those of one file are all on the network or all on this machine.
    /// - Throws: `FetchError`, `HostError`.
    func fetch(
        _ urls: [String], name: String, size: UInt64?, sha256: SHA256Digest, proof: UpstreamProof
    ) async throws -> CachedArtifact {
        guard let first = urls.first else { throw FetchError.badSource("\(name) has no address") }
        if let path = Self.localPath(first) {
            return try await keep(path, url: first, size: size, sha256: sha256, proof: proof)
        }
        return try await cache.fetch(
            FetchRequest(name: name, urls: urls, expectation: .sha256(sha256, proof: proof), size: size))
    }

    /// A copy in the cache: whoever remakes the bundle may not have the folder.
    private func keep(
        _ path: FilePath, url: String, size: UInt64?, sha256: SHA256Digest, proof: UpstreamProof
    ) async throws -> CachedArtifact {
        let target = cache.path(of: sha256)
        if let kept = try await KeptFile(target, digest: sha256).size() {
            return CachedArtifact(path: target, size: kept, sha256: sha256, proof: proof)
        }
        return try await BlockingPool.shared.run {
            guard let status = try FileSystem.status(path), status.kind == .file else {
                throw FetchError.notFound(url: url)
            }
            if let size, status.size != size {
                throw FetchError.wrongSize(url: url, expected: size, actual: status.size)
            }
            let folder = target.removingLastComponent()
            try FileSystem.makeDirectories(folder)
            let copy = folder.appending(".\(sha256.hex).\(UUID().uuidString)")
            defer { try? FileSystem.remove(copy) }
            try FileCopy.copy(path, to: copy, mode: 0o644)
            let actual = try SHA256Hasher.hash(file: copy)
            guard actual == sha256 else {
                throw FetchError.wrongDigest(url: url, expected: sha256, actual: actual)
            }
            guard rename(copy.string, target.string) == 0 else {
                throw HostError.system("rename", path: copy.string, errno: errno)
            }
            return CachedArtifact(path: target, size: status.size, sha256: sha256, proof: proof)
        }
    }
}
