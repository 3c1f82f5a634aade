/// Writes a tar byte by byte, as no honest program would.
struct RawTar {
    enum Form { case oldest, ustar, gnu, star }

    private(set) var bytes: [UInt8] = []

    /// The tar with its end mark.
    var whole: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// - Parameters:
    ///   - records: of an extended header before the member.
    ///   - accessed: in the header block, for `gnu` and `star`.
    ///   - size: what the header says instead of the content's size.
    mutating func add(
        _ name: String, _ type: Character = "0", _ content: String = "", link: String = "", mode: Int = 0o644,
        uid: Int = 0, gid: Int = 0, modified: Int = 1_000_000, device: (Int, Int) = (0, 0), form: Form = .ustar,
        records: [(String, String)] = [], accessed: Int? = nil, size: Int? = nil
    ) {
        add(
            Array(name.utf8), type, Array(content.utf8), link: Array(link.utf8), mode: mode, uid: uid, gid: gid,
            modified: modified, device: device, form: form, records: records.map { ($0.0, Array($0.1.utf8)) },
            accessed: accessed, size: size)
    }

    mutating func add(
        _ name: [UInt8], _ type: Character, _ content: [UInt8] = [], link: [UInt8] = [], mode: Int = 0o644,
        uid: Int = 0, gid: Int = 0, modified: Int = 1_000_000, device: (Int, Int) = (0, 0), form: Form = .ustar,
        records: [(String, [UInt8])] = [], accessed: Int? = nil, size: Int? = nil
    ) {
        if !records.isEmpty {
            let content = records.flatMap { Self.record($0.0, $0.1) }
            add(Array("PaxHeaders/\(type)".utf8), "x", content)
        }
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ field: [UInt8], _ offset: Int, _ limit: Int) {
            let part = field.prefix(limit)
            block.replaceSubrange(offset..<offset + part.count, with: part)
        }
        put(name, 0, 100)
        put(Self.number(mode, 8), 100, 8)
        put(Self.number(uid, 8), 108, 8)
        put(Self.number(gid, 8), 116, 8)
        put(Self.number(size ?? content.count, 12), 124, 12)
        put(Self.number(modified, 12), 136, 12)
        put(Array(repeating: 0x20, count: 8), 148, 8)
        put(Array(String(type).utf8), 156, 1)
        put(link, 157, 100)
        switch form {
        case .oldest: break
        case .ustar: put(Array("ustar\u{0}00".utf8), 257, 8)
        case .gnu: put(Array("ustar  \u{0}".utf8), 257, 8)
        case .star:
            put(Array("ustar\u{0}00".utf8), 257, 8)
            put(Array("tar\u{0}".utf8), 508, 4)
            put(Self.number(accessed ?? 0, 12), 476, 12)
        }
        if form == .gnu, let accessed { put(Self.number(accessed, 12), 345, 12) }
        if form != .oldest {
            put(Self.number(device.0, 8), 329, 8)
            put(Self.number(device.1, 8), 337, 8)
        }
        let sum = block.reduce(0) { $0 + Int($1) }
        put(Array("\(Self.padded(String(sum, radix: 8), 6))\u{0} ".utf8), 148, 8)
        bytes += block
        append(content)
    }

    /// Content, filled up to a whole block.
    mutating func append(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: -content.count & 511)
    }

    mutating func spoil(_ offset: Int, with byte: UInt8) { bytes[offset] = byte }

    /// Octal where it fits, else binary.
    private static func number(_ value: Int, _ width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        if value >= 0, digits.utf8.count < width { return Array(padded(digits, width - 1).utf8) + [0] }
        var field = (0..<width).map { UInt8(truncatingIfNeeded: value >> min(63, 8 * (width - 1 - $0))) }
        field[0] = value < 0 ? 0xff : 0x80
        return field
    }

    private static func padded(_ digits: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func record(_ keyword: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(keyword)=".utf8) + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
        return Array("\(length)".utf8) + rest
    }
}
