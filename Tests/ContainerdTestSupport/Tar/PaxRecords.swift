/// The content of pax headers.
public enum PaxRecords {
    /// `<length> <key>=<value>\n` for each, where the length counts its own digits.
    public static func encode(_ records: [(key: ByteString, value: ByteString)]) -> [UInt8] {
        records.flatMap { key, value -> [UInt8] in
            let rest = [0x20] + key.bytes + [UInt8(ascii: "=")] + value.bytes + [0x0a]
            var length = rest.count
            while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
            return Array("\(length)".utf8) + rest
        }
    }

    /// What an entry's ustar header cannot hold, or all of it.
    static func describing(_ entry: TarEntry, everything: Bool) -> [(key: ByteString, value: ByteString)] {
        var records: [(key: ByteString, value: ByteString)] = []
        func add(_ key: ByteString, _ value: ByteString, when needed: Bool) {
            // What the test itself said about that key stays the last word.
            if everything || needed, !entry.records.contains(where: { $0.key == key }) { records.append((key, value)) }
        }
        add("path", entry.name, when: entry.name.bytes.count > 100)
        if !entry.link.bytes.isEmpty { add("linkpath", entry.link, when: entry.link.bytes.count > 100) }
        let size = entry.statedSize ?? UInt64(entry.content.count)
        add("size", ByteString("\(size)"), when: size >= 1 << 33)
        add("uid", ByteString("\(entry.owner)"), when: !(0..<1 << 21).contains(entry.owner))
        add("gid", ByteString("\(entry.group)"), when: !(0..<1 << 21).contains(entry.group))
        let (seconds, nanoseconds) = entry.modified
        add(
            "mtime", ByteString(decimal(seconds, nanoseconds)),
            when: nanoseconds != 0 || !(0..<1 << 33).contains(seconds))
        return records
    }

    /// Seconds with nine decimals, where a part of a second before 1970 counts towards 1970: -1.25 is -2 and 750 ms.
    static func decimal(_ seconds: Int64, _ nanoseconds: Int) -> String {
        guard nanoseconds != 0 else { return "\(seconds)" }
        let whole = seconds < 0 ? seconds + 1 : seconds
        let part = seconds < 0 ? 1_000_000_000 - nanoseconds : nanoseconds
        let digits = "\(part)"
        return "\(seconds < 0 ? "-" : "")\(whole.magnitude).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
    }
}
