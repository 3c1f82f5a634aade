import AsyncHTTPClient
import Host
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
            url: url, status: Int(response.status.code), headers: response.headers, body: response.body,
            receivedAt: clock.now)
    }
}
