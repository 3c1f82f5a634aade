public import BundleModel
import Host
import Signing
public import SystemPackage

/// Fetched content by its digest, safe for several runs at once. What is here was checked.
public struct ArtifactCache: Sendable {
    let folder: FilePath
    let transfers: Transfers
    let isOffline: Bool
    let changed = ChangedDocuments()

    /// - Parameters:
    ///   - folder: made where it is missing, when something is first kept.
    ///   - isOffline: connects to nothing: what is not here is `FetchError.notCached`.
    public init(
        folder: FilePath, transport: HTTPTransport, retry: RetryPolicy = .standard,
        limits: TransferLimits = TransferLimits(), isOffline: Bool = false,
        progress: any ProgressSink = SilentProgress()
    ) {
        self.folder = folder
        self.isOffline = isOffline
        transfers = Transfers(transport, retry: retry, limits: limits, progress: progress)
    }

    private func makeFolders() throws {
        try FileSystem.makeDirectories(folder.pushing("blobs/sha256"))
        try FileSystem.makeDirectories(folder.appending("partial"))
    }

    /// Where content of a digest is, or would be.
    public func path(of digest: SHA256Digest) -> FilePath {
        folder.appending("blobs/sha256/\(digest.hex)")
    }

    /// Gets a file from the cache or the network; resumes what an earlier run began.
    ///
    /// - Throws: `FetchError`.
    public func fetch(_ request: FetchRequest) async throws -> CachedArtifact {
        let (digest, proof) = try await expected(request)
        let target = path(of: digest)
        if let size = try await keptSize(digest) {
            return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
        }
        if isOffline { throw FetchError.notCached(name: request.name, url: request.url) }
        try makeFolders()
        let partial = try await PartialFile.open(folder.appending("partial/\(digest.hex)")) {
            transfers.note("waiting for \(request.name), which another task or run is fetching")
        }
        // Another run may have finished it while this one waited for the lock.
        if let size = try await KeptFile(target, digest: digest).size() {
            try partial.discard()
            return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
        }
        let download = Download(request, digest: digest, into: partial, transfers)
        let progress = transfers.progress
        progress.report(ProgressEvent(kind: .started, task: download.task, done: 0, total: request.size))
        try await download.run()
        let size = try partial.commit(to: target)
        progress.report(ProgressEvent(kind: .finished, task: download.task, done: size, total: size))
        return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
    }

    /// Remembers, for runs without a network, what upstreams say otherwise than they did: once all that belongs to it is
    /// here. Whoever only looks, or is interrupted, leaves what an earlier run can be repeated with.
    public func settle() throws {
        let memory = DocumentMemory(folder: folder.appending("documents"))
        for (url, document) in changed.take() { try memory.remember(document, as: url) }
    }

    /// What the cache has of a digest, kept and checked; nil where it would have to be fetched.
    public func contains(_ digest: SHA256Digest) async throws -> CachedArtifact? {
        guard let size = try await keptSize(digest) else { return nil }
        return CachedArtifact(
            path: path(of: digest), size: size, sha256: digest,
            proof: UpstreamProof(kind: .contentDigest, source: ""))
    }

    /// Keeps small content that nothing published a checksum of.
    public func keep(_ bytes: [UInt8], proof: UpstreamProof) throws -> CachedArtifact {
        try makeFolders()
        let digest = SHA256Hasher.hash(bytes)
        try AtomicFile.write(bytes, to: path(of: digest))
        return CachedArtifact(path: path(of: digest), size: UInt64(bytes.count), sha256: digest, proof: proof)
    }

    /// The bytes of cached content.
    private func keptSize(_ digest: SHA256Digest) async throws -> UInt64? {
        let path = path(of: digest)
        return try await KeptFile(path, digest: digest).size { actual in
            transfers.note("\(path) is damaged, it is \(actual); it has to be fetched again")
        }
    }

    /// Work by this cache's retry policy, with its notes.
    func repeating<Result>(_ work: () async throws -> Result) async throws -> Result {
        try await transfers.retry.repeating(transfers.progress, work)
    }

    private func expected(_ request: FetchRequest) async throws -> (SHA256Digest, UpstreamProof) {
        switch request.expectation {
        case .sha256(let digest, let proof): return (digest, proof)
        case .published(let url, let mirrors):
            let file = HTTPTransport.fileName(request.url)
            func digest(_ document: CachedDocument) throws -> SHA256Digest {
                try ChecksumFile(String(decoding: document.bytes, as: UTF8.self), source: document.url).digest(of: file)
            }
            let document = try await document(
                [url] + mirrors, name: HTTPTransport.fileName(url), limit: 1 << 20, check: { _ = try digest($0) })
            // The canonical address, whoever answered: a lock is the same on machines with other mirrors.
            return (try digest(document), UpstreamProof(kind: .publishedChecksum, source: url))
        }
    }
}
