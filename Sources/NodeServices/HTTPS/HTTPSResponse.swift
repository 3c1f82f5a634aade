/// An answer with its whole body in memory.
public struct HTTPSResponse: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]
    /// Seconds, for status 429.
    public var retryAfter: Int?

    public init(status: Int, body: [UInt8] = [], retryAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }

    /// The beginning of the body as text, for messages.
    var excerpt: String {
        String(decoding: body.prefix(300), as: UTF8.self).split(separator: "\n").joined(separator: " ")
    }
}
