/// A Content-Range header: `bytes 0-99/1234`.
struct ContentRange: Hashable, Sendable {
    let bytes: Range<UInt64>
    /// Bytes of the whole; nil where the server does not tell (`*`).
    let total: UInt64?

    init?(_ header: String) {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, last < .max else { return nil }
        bytes = first..<last + 1
        if halves[1] == "*" {
            total = nil
        } else {
            guard let total = UInt64(halves[1]), total >= bytes.upperBound else { return nil }
            self.total = total
        }
    }
}
