import AsyncHTTPClient
import BundleModel
import NIOCore
import NIOHTTP1
import Signing

extension Download {
    /// Sends one request as soon as there is a connection for it. Whoever gets the answer releases the connection.
    ///
    /// - Parameter range: asks for these bytes, and for the whole where that is not what the other bytes are of; nil asks
    ///   for the whole.
    /// - Throws: `FetchError` for what is no content; 416 is left to the caller.
    func open(_ url: String, range: Range<UInt64>?) async throws -> Opened {
        var headers = HTTPHeaders()
        if let authorization = request.authorization, HTTPTransport.origin(url) == HTTPTransport.origin(request.url) {
            headers.add(name: "Authorization", value: authorization)
        }
        if let range {
            headers.add(name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
            if let state = partial.state, state.url == url, let validator = state.validator {
                headers.add(name: "If-Range", value: validator)
            }
        }
        let slot = try await transfers.queue.slot(host: HTTPTransport.origin(url), owner: digest.hex)
        do {
            let answer = try await transfers.transport.get(url, headers: headers)
            // Its body, a web page more often than not, says nothing.
            if answer.status != 416 {
                if let failure = HTTPTransport.failure(answer) { throw failure }
                if answer.isHTML { throw FetchError.html(url: url) }
            }
            return Opened(answer: answer, slot: slot)
        } catch {
            slot.release()
            throw error
        }
    }

    /// Takes the whole in one stream, in place of what was there, and hashes it on its way.
    func stream(_ opened: Opened, from url: String) async throws -> SHA256Digest {
        let length = opened.answer.length
        if let size = request.size, let length, size != length {
            throw FetchError.wrongSize(url: url, expected: size, actual: length)
        }
        if let length, length > PartMap.largest {
            throw FetchError.badAnswer(url: url, reason: "\(length) bytes, expected at most \(PartMap.largest)")
        }
        try partial.restart(PartialState(url: url, size: length, validator: opened.answer.validator))
        let expected = length ?? request.size
        let most = min(expected ?? PartMap.largest, PartMap.largest)
        let digest = try await transfers.transport.endingStalls(url) { heartbeat in
            let hasher = SHA256Hasher()
            let end = try await self.read(opened.answer, from: url, at: 0, until: most, heartbeat) {
                hasher.update($0)
            }
            if let expected, end != expected {
                throw FetchError.wrongSize(url: url, expected: expected, actual: end)
            }
            return hasher.finish()
        }
        opened.slot.release()
        return digest
    }

    /// Takes the bytes of a part.
    func fill(_ range: Range<UInt64>, _ opened: Opened, from url: String) async throws {
        let end = opened.answer.contentRange?.bytes.upperBound ?? range.upperBound
        try await transfers.transport.endingStalls(url) { heartbeat in
            let reached = try await self.read(
                opened.answer, from: url, at: range.lowerBound, until: end, heartbeat
            ) { _ in }
            guard reached == end else {
                throw FetchError.unreachable(url: url, reason: "it ended after \(reached) bytes, expected \(end)")
            }
        }
    }

    /// Writes what comes to its place.
    ///
    /// - Parameters:
    ///   - end: more than that is an error.
    ///   - seen: is given each piece, in order.
    /// - Returns: where the next byte would belong.
    private func read(
        _ answer: HTTPTransport.Answer, from url: String, at start: UInt64, until end: UInt64, _ heartbeat: Heartbeat,
        _ seen: (UnsafeRawBufferPointer) -> Void
    ) async throws -> UInt64 {
        var offset = start
        try await transfers.transport.classify(url) {
            for try await piece in answer.body {
                let next = offset + UInt64(piece.readableBytes)
                if next > end { throw FetchError.wrongSize(url: url, expected: end, actual: next) }
                piece.withUnsafeReadableBytes { seen($0) }
                try partial.write(piece.readableBytesView, at: offset)
                offset = next
                transfers.progress.report(
                    ProgressEvent(
                        kind: .advanced, task: task, done: partial.received,
                        total: partial.state?.size ?? request.size))
                try await transfers.limiter?.pass(piece.readableBytes, heartbeat)
                heartbeat.beat(piece.readableBytes)
            }
        }
        return offset
    }
}
