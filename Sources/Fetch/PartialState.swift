/// What is kept beside a download under way: where its bytes come from, and what belongs to one content of it.
struct PartialState: Codable, Hashable, Sendable {
    private(set) var schemaVersion = 1
    var url: String
    /// Bytes of the whole, where the server said how many.
    var size: UInt64?
    /// What If-Range takes.
    var validator: String?

    init(url: String, size: UInt64?, validator: String?) {
        self.url = url
        self.size = size
        self.validator = validator
    }

    /// Whether this program can go on from it.
    var isKnown: Bool { schemaVersion == 1 && size ?? 0 <= PartMap.largest }
}
