public import NIOHTTP1

extension FaultServer.Reply {
    /// What an honest server answers to a request that may ask for a range, by RFC 9110.
    ///
    /// - Parameters:
    ///   - tag: the content's ETag; nil: none, and no ranges with If-Range.
    ///   - cutAfter: as in a reply; of the range that is sent.
    public static func file(
        _ body: [UInt8], to headers: HTTPHeaders, tag: String? = "\"one\"", cutAfter: Int? = nil,
        stallAfter: Int? = nil
    ) -> FaultServer.Reply {
        var own = [("Accept-Ranges", "bytes")]
        if let tag { own.append(("ETag", tag)) }
        var reply = FaultServer.Reply(headers: own, body: body, cutAfter: cutAfter, stallAfter: stallAfter)
        let isSame = headers.first(name: "If-Range").map { $0 == tag } ?? true
        guard isSame, let range = headers.first(name: "Range")?.split(separator: "=").last else { return reply }
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends[0], first < body.count else {
            return .init(status: .rangeNotSatisfiable, headers: own + [("Content-Range", "bytes */\(body.count)")])
        }
        let last = min((ends.count > 1 ? ends[1] : nil) ?? body.count - 1, body.count - 1)
        reply.status = .partialContent
        reply.headers.append(("Content-Range", "bytes \(first)-\(last)/\(body.count)"))
        reply.body = Array(body[first...last])
        return reply
    }
}
