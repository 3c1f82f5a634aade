import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension HTTPTransport {
    /// Sends a form. A redirect is not followed: the form holds what is meant for this address alone.
    func post(_ url: String, form: String) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: form))
        let client = try client(for: url)
        let response = try await classify(url) { try await client.execute(request, deadline: .distantFuture) }
        return Answer(
            url: url, status: Int(response.status.code), headers: response.headers, body: response.body)
    }

    /// A small answer's bytes, read no further than the limit.
    ///
    /// - Throws: `FetchError.badAnswer` for a larger one.
    func small(_ answer: Answer, limit: Int) async throws -> [UInt8] {
        func tooLarge() -> FetchError {
            .badAnswer(url: answer.url, reason: "the answer has more than \(limit) bytes")
        }
        if let length = answer.length, length > UInt64(limit) { throw tooLarge() }
        var bytes: [UInt8] = []
        try await classify(answer.url) {
            for try await piece in answer.body {
                guard bytes.count + piece.readableBytes <= limit else { throw tooLarge() }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        }
        return bytes
    }
}
