import AsyncHTTPClient
public import BundleModel
import Host
import NIOCore
import NIOHTTP1
import Signing
public import SystemPackage

/// Fetched content by its digest, safe for several runs at once. What is here was checked.
public struct ArtifactCache: Sendable {
    private let folder: FilePath
    private let transport: HTTPTransport
    private let retry: RetryPolicy
    private let progress: any ProgressSink

    /// - Parameter folder: made where it is missing, when something is first kept.
    public init(
        folder: FilePath, transport: HTTPTransport, retry: RetryPolicy = .standard,
        progress: any ProgressSink = SilentProgress()
    ) {
        self.folder = folder
        self.transport = transport
        self.retry = retry
        self.progress = progress
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
        try makeFolders()
        let target = path(of: digest)
        if let size = try await keptSize(digest) {
            return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
        }
        let partial = try await PartialFile.open(folder.appending("partial/\(digest.hex)"))
        // Another run may have finished it while this one waited for the lock.
        if let size = try await keptSize(digest) {
            try partial.discard()
            return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
        }
        let task = "fetch \(request.name)"
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: request.size))
        try await retry.repeating(progress) {
            try await transport.endingStalls(request.url) { heartbeat in
                try await download(request, digest: digest, into: partial, task: task, heartbeat)
            }
        }
        let size = try partial.commit(to: target)
        progress.report(ProgressEvent(kind: .finished, task: task, done: size, total: size))
        return CachedArtifact(path: target, size: size, sha256: digest, proof: proof)
    }

    /// Keeps small content that nothing published a checksum of.
    public func keep(_ bytes: [UInt8], proof: UpstreamProof) throws -> CachedArtifact {
        try makeFolders()
        let digest = SHA256Hasher.hash(bytes)
        try AtomicFile.write(bytes, to: path(of: digest))
        return CachedArtifact(path: path(of: digest), size: UInt64(bytes.count), sha256: digest, proof: proof)
    }

    /// How large upstream says a file is, in bytes; nil where it says nothing. Asks once, fetches nothing.
    public func size(of url: String) async throws -> UInt64? {
        let answer = try await transport.get(url, method: .HEAD)
        if let failure = HTTPTransport.failure(answer) { throw failure }
        if answer.isHTML { throw FetchError.html(url: url) }
        return answer.length
    }

    /// A small text from upstream, never cached: checksum files, version markers.
    public func text(_ url: String, limit: Int = 1 << 20) async throws -> String {
        try await repeating {
            let answer = try await transport.get(url)
            if let failure = HTTPTransport.failure(answer) { throw failure }
            let bytes = try await transport.classify(url) { try await answer.body.collect(upTo: limit) }
            if answer.isHTML { throw FetchError.html(url: url) }
            return String(buffer: bytes)
        }
    }

    /// The bytes of cached content.
    private func keptSize(_ digest: SHA256Digest) async throws -> UInt64? {
        let path = path(of: digest)
        return try await KeptFile(path, digest: digest).size { actual in
            progress.report(
                ProgressEvent(
                    kind: .note, task: "fetch", detail: "\(path) is damaged, it is \(actual); fetching it again"))
        }
    }

    /// Work by this cache's retry policy, with its notes.
    func repeating<Result>(_ work: () async throws -> Result) async throws -> Result {
        try await retry.repeating(progress, work)
    }

    private func expected(_ request: FetchRequest) async throws -> (SHA256Digest, UpstreamProof) {
        switch request.expectation {
        case .sha256(let digest, let proof): return (digest, proof)
        case .published(let url):
            let name = request.url.split(separator: "/").last.map(String.init) ?? ""
            let digest = try ChecksumFile(try await text(url), source: url).digest(of: name)
            return (digest, UpstreamProof(kind: .publishedChecksum, source: url))
        }
    }

    /// One try: continues the partial file where the server can, and checks the whole.
    private func download(
        _ request: FetchRequest, digest: SHA256Digest, into partial: PartialFile, task: String, _ heartbeat: Heartbeat
    ) async throws {
        var headers = HTTPHeaders()
        if let authorization = request.authorization { headers.add(name: "Authorization", value: authorization) }
        let begun = try partial.begun()
        if begun.size > 0, let validator = begun.validator {
            headers.add(name: "Range", value: "bytes=\(begun.size)-")
            headers.add(name: "If-Range", value: validator)
        }
        let answer = try await transport.get(request.url, headers: headers)
        if answer.status == 416 {
            try partial.restart(validator: nil)
            throw FetchError.badStatus(url: request.url, status: 416)
        }
        if let failure = HTTPTransport.failure(answer) { throw failure }
        if answer.isHTML { throw FetchError.html(url: request.url) }
        if answer.status == 200 || begun.size == 0 {
            try partial.restart(
                validator: answer.headers.first(name: "ETag") ?? answer.headers.first(name: "Last-Modified"))
        }
        var done = try partial.begun().size
        let resumed = done > 0
        let total = request.size ?? answer.length.map { $0 + done }
        try await transport.classify(request.url) {
            for try await var piece in answer.body {
                let bytes = piece.readBytes(length: piece.readableBytes) ?? []
                try partial.append(bytes)
                done += UInt64(bytes.count)
                heartbeat.beat()
                if let size = request.size, done > size {
                    try partial.restart(validator: nil)
                    throw FetchError.wrongSize(url: request.url, expected: size, actual: done)
                }
                progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
            }
        }
        heartbeat.pause()
        let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: partial.path) }
        guard actual == digest else {
            // Resuming wrong bytes would only give more of them.
            try partial.restart(validator: nil)
            if resumed {
                // The beginning may be what was wrong: a power cut, or a server that ignores If-Range.
                heartbeat.resume()
                return try await download(request, digest: digest, into: partial, task: task, heartbeat)
            }
            throw FetchError.wrongDigest(url: request.url, expected: digest, actual: actual)
        }
    }
}
