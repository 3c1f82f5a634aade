import AsyncHTTPClient
import Host
import NIOCore
import NIOHTTP1

extension HTTPTransport {
    /// Sends a form. A redirect is not followed: the form holds what is meant for this address alone.
    func post(_ url: String, form: String) async throws -> Answer {
        let response = try await send(
            .POST, url, ["Content-Type": "application/x-www-form-urlencoded"],
            body: .bytes(ByteBuffer(string: form)))
        return Answer(
            url: url, status: Int(response.status.code), headers: response.headers, body: response.body,
            receivedAt: clock.now)
    }
}
