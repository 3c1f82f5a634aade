import BundleModel
import Host
import Signing
import Synchronization

/// One file on its way into the cache, from whichever of its addresses has it.
final class Download: Sendable {
    /// A file whose whole this many bytes or more are comes in parts.
    static let inPartsFrom: UInt64 = 2 << 20

    /// An answer whose body is still to be read, and the connection that it takes.
    struct Opened: Sendable {
        let answer: HTTPTransport.Answer
        let slot: TransferSlot
    }

    /// How far one address got.
    private enum Outcome {
        /// All bytes are there. The digest is known where they came in one stream.
        case complete(SHA256Digest?)
        /// What the address has is not what the parts so far are of, or it cannot give parts.
        case changed
    }

    let request: FetchRequest
    let digest: SHA256Digest
    let partial: PartialFile
    let transfers: Transfers
    /// Several connections may fail of one cause: each text is told once.
    private let told = Mutex<Set<String>>([])

    init(_ request: FetchRequest, digest: SHA256Digest, into partial: PartialFile, _ transfers: Transfers) {
        self.request = request
        self.digest = digest
        self.partial = partial
        self.transfers = transfers
    }

    var task: String { "fetch \(request.name)" }

    /// Fetches what is missing, until the whole has the digest.
    ///
    /// - Throws: `FetchError`. What has come stays in the partial file.
    func run() async throws {
        try await transfers.trying(request.urls, received: partial.received) { url in
            try await content(from: url)
        }
    }

    func note(_ text: String) {
        let isNew = told.withLock { $0.insert(text).inserted }
        if isNew { transfers.note(text) }
    }

    /// The whole from one address, on top of what is there already.
    private func content(from url: String) async throws {
        // Else some of the bytes may be another address's or another day's, and a wrong digest their fault.
        var isAllItsOwn = partial.received == 0
        var inParts = true
        while true {
            switch try await receive(from: url, inParts: inParts) {
            case .changed:
                try partial.restart(nil)
                guard inParts else {
                    throw FetchError.badAnswer(url: url, reason: "a part of the file, expected the whole")
                }
                (inParts, isAllItsOwn) = (false, true)
            case .complete(let streamed):
                let actual: SHA256Digest
                if let streamed {
                    actual = streamed
                } else {
                    let path = partial.path
                    actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
                }
                if actual == digest { return }
                // Resuming wrong bytes would only give more of them.
                try partial.restart(nil)
                if isAllItsOwn || streamed != nil {
                    throw FetchError.wrongDigest(url: url, expected: digest, actual: actual)
                }
                isAllItsOwn = true
            }
        }
    }

    /// Asks for the whole, or for the first missing bytes, and for all others then.
    private func receive(from url: String, inParts: Bool) async throws -> Outcome {
        let range = try inParts ? firstRange() : nil
        if let range, range.isEmpty { return .complete(nil) }
        defer { if let range { partial.release(range) } }
        let opened = try await open(url, range: range)
        do {
            if opened.answer.status == 200 { return .complete(try await stream(opened, from: url)) }
            if let range, try accepts(opened.answer, range: range, from: url) {
                return try await parts(opened, range: range, from: url) ? .complete(nil) : .changed
            }
        } catch {
            opened.slot.release()
            throw error
        }
        opened.slot.release()
        if opened.answer.status == 416, range == nil { throw FetchError.badStatus(url: url, status: 416) }
        return .changed
    }

    /// The bytes to ask for first: none where all are there, nil for the whole without parts.
    private func firstRange() throws -> Range<UInt64>? {
        if partial.received > 0, let size = partial.state?.size, size == request.size ?? size {
            return partial.take(workers: transfers.queue.widest) ?? 0..<0
        }
        if partial.state != nil { try partial.restart(nil) }
        let size = request.size ?? Self.inPartsFrom
        return size < Self.inPartsFrom ? nil : 0..<Self.inPartsFrom
    }

    /// Whether a 206 has the bytes that were asked for, of the content that the other bytes are of.
    private func accepts(_ answer: HTTPTransport.Answer, range: Range<UInt64>, from url: String) throws -> Bool {
        guard answer.status == 206, let told = answer.contentRange, let total = told.total, total <= PartMap.largest,
            told.bytes.lowerBound == range.lowerBound, told.bytes.upperBound <= range.upperBound
        else { return false }
        if let size = request.size, size != total {
            throw FetchError.wrongSize(url: url, expected: size, actual: total)
        }
        guard partial.received > 0, let state = partial.state else {
            // Without a validator nobody would see that the content changed between two parts.
            guard answer.validator != nil || told.bytes.upperBound == total else { return false }
            try partial.restart(PartialState(url: url, size: total, validator: answer.validator))
            // All that was asked for, as it is all given back at the end: a server may give less of it.
            partial.take(range)
            return true
        }
        guard state.size == total else { return false }
        let known = state.url == url ? state.validator : nil
        try partial.adopt(PartialState(url: url, size: total, validator: answer.validator ?? known))
        return true
    }
}
