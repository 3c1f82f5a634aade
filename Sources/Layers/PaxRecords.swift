/// The records of one extended header, by keyword; the last of several counts.
struct PaxRecords {
    static let attributePrefix = Array("SCHILY.xattr.".utf8)
    private static let sparsePrefix = Array("GNU.sparse.".utf8)
    /// Keywords whose values are strings of C, for which a zero byte is an end that others do not see.
    private static let names: Set<[UInt8]> = Set(["path", "linkpath", "uname", "gname"].map { Array($0.utf8) })

    private let values: [[UInt8]: [UInt8]]

    /// - Parameter content: records of the form `LENGTH KEYWORD=VALUE\n`, the length of the whole in decimal.
    init(_ content: [UInt8]) throws(LayerError) {
        var values: [[UInt8]: [UInt8]] = [:]
        var rest = content[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let length = TarNumber.decimal(rest[..<space]),
                length >= 5, length <= rest.count
            else { throw .refused("an extended header's record has no length") }
            let end = rest.startIndex + Int(length)
            guard end - space >= 2, rest[end - 1] == UInt8(ascii: "\n") else {
                throw .refused("an extended header's record does not end")
            }
            let record = rest[(space + 1)..<(end - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")), equals > record.startIndex else {
                throw .refused("an extended header's record has no keyword")
            }
            let keyword = Array(record[..<equals])
            let value = Array(record[(equals + 1)...])
            guard !(Self.names.contains(keyword) ? value : keyword).contains(0) else {
                throw .refused("an extended header's record has a zero byte")
            }
            values[keyword] = value
            rest = rest[end...]
        }
        self.values = values
    }

    /// A value that is there and not empty: an empty one leaves what the header block says.
    func text(_ keyword: StaticString) -> [UInt8]? {
        let key = keyword.withUTF8Buffer { Array($0) }
        return values[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    func number(_ keyword: StaticString) throws(LayerError) -> Int64? {
        guard let text = text(keyword) else { return nil }
        guard let number = TarNumber.decimal(text) else {
            throw .refused("an extended header's \(keyword) is no number")
        }
        return number
    }

    func time(_ keyword: StaticString) throws(LayerError) -> EntryTime? {
        guard let text = text(keyword) else { return nil }
        switch EntryTime.parse(text) {
        case .time(let time): return time
        case .malformed: throw .refused("an extended header's \(keyword) is no time")
        case .tooFar: throw .unsupported("an extended header's \(keyword) is beyond all calendars")
        }
    }

    var isSparse: Bool { values.keys.contains { $0.starts(with: Self.sparsePrefix) } }

    /// Extended attributes, by name.
    var attributes: [LayerEntry.Attribute] {
        var found: [LayerEntry.Attribute] = []
        for (keyword, value) in values where keyword.starts(with: Self.attributePrefix) {
            found.append(LayerEntry.Attribute(name: Array(keyword[Self.attributePrefix.count...]), value: value))
        }
        return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
