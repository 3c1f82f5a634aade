import BundleModel
import NIOHTTP1
import SystemPackage

extension ArtifactCache {
    /// A small file that is not known by a digest: a checksum file, an archive's release file, a manifest by its tag.
    /// Always asked for, and remembered by its canonical address, one that differs from before by `settle`; an offline run
    /// gets what was remembered.
    ///
    /// - Parameters:
    ///   - urls: the canonical address, then mirrors.
    ///   - name: for messages.
    ///   - limit: bytes; a longer one is `FetchError.badAnswer`.
    ///   - hasEnd: refuses an answer that says neither its length nor its end, and so may be cut off.
    ///   - check: throws for what cannot be used, or gives a `Diagnostic` of the category `upstreamMismatch`: the next
    ///     address is asked then, and nothing is remembered.
    /// - Throws: `FetchError`.
    public func document(
        _ urls: [String], name: String, limit: Int, hasEnd: Bool = false,
        check: (CachedDocument) async throws -> Void = { _ in }
    ) async throws -> CachedDocument {
        try await document(urls, name: name, limit: limit, check: check) { url in
            let answer = try await transfers.transport.get(url)
            if let failure = HTTPTransport.failure(answer) { throw failure }
            if hasEnd, !answer.hasEnd {
                throw FetchError.badAnswer(
                    url: url, reason: "it does not say how long it is, so that a part would pass for the whole")
            }
            return answer
        }
    }

    /// As the other one, with a request of the caller's own.
    ///
    /// - Parameter ask: gives the answer of one address; what is no success is for it to throw.
    func document(
        _ urls: [String], name: String, limit: Int, check: (CachedDocument) async throws -> Void = { _ in },
        asking ask: (String) async throws -> HTTPTransport.Answer
    ) async throws -> CachedDocument {
        guard let canonical = urls.first else { throw FetchError.badSource("\(name): no address to fetch from") }
        let memory = DocumentMemory(folder: folder.appending("documents"))
        if isOffline {
            guard let known = try memory.document(canonical) else {
                throw FetchError.notCached(name: name, url: canonical)
            }
            return known
        }
        let document = try await transfers.trying(urls) { url in
            let slot = try await transfers.queue.slot(host: HTTPTransport.origin(url), owner: canonical)
            defer { slot.release() }
            let answer = try await ask(url)
            if answer.isHTML { throw FetchError.html(url: url) }
            let bytes = try await transfers.transport.bytes(of: answer, limit: limit, rate: transfers.limiter)
            let document = CachedDocument(
                bytes: bytes, contentType: answer.headers.first(name: "Content-Type"), url: url)
            do {
                try await check(document)
            } catch let error as any Diagnostic where !(error is FetchError) && error.category == .upstreamMismatch {
                throw FetchError.badAnswer(url: url, reason: error.message)
            }
            return document
        }
        if let before = try memory.document(canonical) {
            if before != document { changed.add(document, as: canonical) }
        } else {
            try memory.remember(document, as: canonical)
        }
        return document
    }

    /// A small text from upstream, as `document`.
    public func text(_ url: String, limit: Int = 1 << 20) async throws -> String {
        let document = try await document([url], name: HTTPTransport.fileName(url), limit: limit)
        return String(decoding: document.bytes, as: UTF8.self)
    }

    /// How large upstream says a file is, in bytes; nil where it says nothing. Asks each address once, fetches nothing.
    ///
    /// - Parameter urls: the canonical address, then mirrors.
    public func size(of urls: [String]) async throws -> UInt64? {
        guard let canonical = urls.first else { return nil }
        if isOffline { throw FetchError.notCached(name: HTTPTransport.fileName(canonical), url: canonical) }
        var failure: FetchError?
        for url in transfers.health.ordered(urls) {
            do {
                let answer = try await transfers.transport.get(url, method: .HEAD)
                if let failure = HTTPTransport.failure(answer) { throw failure }
                if answer.isHTML { throw FetchError.html(url: url) }
                return answer.length
            } catch let error as FetchError where error.isUpstreams {
                if failure == nil || url == canonical { failure = error }
            }
        }
        if let failure { throw failure }
        return nil
    }

    public func size(of url: String) async throws -> UInt64? { try await size(of: [url]) }
}
