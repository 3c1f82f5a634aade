/// One package that a field names: `libc6 (>= 2.36)`, `python3:any`.
struct Relation: Hashable, Sendable {
    enum Comparison: String, Sendable {
        case earlier = "<<"
        case atMost = "<="
        case equal = "="
        case atLeast = ">="
        case later = ">>"

        func holds(_ left: DebianVersion, _ right: DebianVersion) -> Bool {
            switch self {
            case .earlier: left < right
            case .atMost: left <= right
            case .equal: left == right
            case .atLeast: left >= right
            case .later: left > right
            }
        }
    }

    let name: String
    /// What stands behind the name's colon: `any`, `native` or an architecture.
    let qualifier: String?
    let comparison: Comparison?
    /// Empty without a comparison.
    let version: String

    /// - Returns: nil for text that is no relation. What stands in `[]` and `<>` is for source packages, and ignored.
    init?(_ text: Substring) {
        let text = text.drop { $0.isWhitespace }
        let head = text.prefix { !$0.isWhitespace && !"([<".contains($0) }
        let parts = head.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, first.utf8.allSatisfy(Self.isAllowed) else { return nil }
        name = String(first)
        qualifier = parts.count > 1 ? String(parts[1]) : nil
        guard let open = text.firstIndex(of: "(") else {
            comparison = nil
            version = ""
            return
        }
        guard let close = text[open...].firstIndex(of: ")") else { return nil }
        let inside = text[text.index(after: open)..<close].drop { $0.isWhitespace }
        let sign = inside.prefix { "<=>".contains($0) }
        // The single ones are of old, and mean the same as these.
        let modern = sign == "<" ? "<=" : sign == ">" ? ">=" : String(sign)
        let rest = inside.dropFirst(sign.count).filter { !$0.isWhitespace }
        guard let found = Comparison(rawValue: modern), !rest.isEmpty else { return nil }
        comparison = found
        version = String(rest)
    }

    func accepts(_ other: String) -> Bool {
        comparison?.holds(DebianVersion(other), DebianVersion(version)) ?? true
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Relation: CustomStringConvertible {
    var description: String {
        name + (qualifier.map { ":\($0)" } ?? "") + (comparison.map { " (\($0.rawValue) \(version))" } ?? "")
    }
}
