import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1

extension HTTPTransport {
    /// What came for a request, with its body still to be read.
    struct Answer: Sendable {
        /// The last address, behind all redirects; without its query, if a redirect led there.
        let url: String
        let status: Int
        let headers: HTTPHeaders
        let body: HTTPClientResponse.Body
        let receivedAt: Date

        /// Seconds.
        var retryAfter: Int? {
            headers.first(name: "Retry-After").flatMap { RetryAfter.seconds($0, now: receivedAt) }
        }

        /// Bytes of the body, where the server says how many.
        var length: UInt64? { headers.first(name: "Content-Length").flatMap { UInt64($0) } }

        /// Whether a body that is cut off is told from a whole one.
        var hasEnd: Bool { length != nil || headers.contains(name: "Transfer-Encoding") }

        var isHTML: Bool { headers.first(name: "Content-Type")?.lowercased().hasPrefix("text/html") ?? false }

        /// What If-Range takes: a strong ETag, or else the date of the last change.
        var validator: String? {
            if let tag = headers.first(name: "ETag"), tag.hasPrefix("\"") { return tag }
            return headers.first(name: "Last-Modified")
        }

        /// Which bytes a 206 has.
        var contentRange: ContentRange? { headers.first(name: "Content-Range").flatMap { ContentRange($0) } }
    }

    /// The error for a status other than success; nil for 200 and 206.
    static func failure(_ answer: Answer) -> FetchError? {
        switch answer.status {
        case 200, 206: nil
        case 404, 410: .notFound(url: answer.url)
        case 407: .proxyRefused(url: answer.url, reason: "status 407")
        case 401, 403, 429: .refused(url: answer.url, status: answer.status, retryAfter: answer.retryAfter)
        default: .badStatus(url: answer.url, status: answer.status, retryAfter: answer.retryAfter)
        }
    }
}
