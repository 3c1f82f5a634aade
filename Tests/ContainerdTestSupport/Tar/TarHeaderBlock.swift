/// The 512 bytes of one header.
public struct TarHeaderBlock {
    public private(set) var bytes = [UInt8](repeating: 0, count: 512)

    public init(_ entry: TarEntry) {
        let (prefix, name) = entry.format == .ustar ? Self.divided(entry.name) : ([], entry.name.bytes)
        put(name.prefix(100), at: 0)
        put(prefix.prefix(155), at: 345)
        number(Int64(entry.mode), at: 100, count: 8)
        number(entry.owner, at: 108, count: 8, wide: entry.format != .pax)
        number(entry.group, at: 116, count: 8, wide: entry.format != .pax)
        number(Int64(entry.statedSize ?? UInt64(entry.content.count)), at: 124, count: 12)
        number(entry.modified.seconds, at: 136, count: 12, wide: entry.format != .pax)
        bytes[156] = entry.type
        put(entry.link.bytes.prefix(100), at: 157)
        put(entry.format == .gnu ? Array("ustar  \u{0}".utf8) : Array("ustar\u{0}00".utf8), at: 257)
        put(entry.ownerName.bytes.prefix(31), at: 265)
        put(entry.groupName.bytes.prefix(31), at: 297)
        number(Int64(entry.device.major), at: 329, count: 8)
        number(Int64(entry.device.minor), at: 337, count: 8)
        seal()
    }

    /// Any bytes at any place; `seal` afterwards unless the checksum is meant to be wrong.
    public mutating func put(_ content: some Collection<UInt8>, at offset: Int) {
        bytes.replaceSubrange(offset..<offset + content.count, with: content)
    }

    /// Octal with a zero at its end, or base-256 (two's complement) for what does not fit.
    ///
    /// - Parameter wide: false leaves such a field zero, for formats that say it elsewhere.
    public mutating func number(_ value: Int64, at offset: Int, count: Int, wide: Bool = true) {
        let digits = count - 1
        if value >= 0, digits * 3 >= 63 || value < 1 << (digits * 3) {
            let text = String(value, radix: 8)
            put(Array((String(repeating: "0", count: digits - text.utf8.count) + text).utf8) + [0], at: offset)
        } else if wide {
            base256(value, at: offset, count: count)
        } else {
            put([UInt8](repeating: UInt8(ascii: "0"), count: digits) + [0], at: offset)
        }
    }

    public mutating func base256(_ value: Int64, at offset: Int, count: Int) {
        let fill: UInt8 = value < 0 ? 0xff : 0
        var field = (0..<count).reversed().map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : fill }
        field[0] |= 0x80
        put(field, at: offset)
    }

    /// The checksum, from everything else.
    public mutating func seal() {
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        let text = String(bytes.reduce(0) { $0 + Int($1) }, radix: 8)
        put(Array((String(repeating: "0", count: 6 - text.utf8.count) + text).utf8) + [0, 0x20], at: 148)
    }

    /// A long ustar name, divided at the last slash that lets both parts fit.
    private static func divided(_ name: ByteString) -> (prefix: [UInt8], name: [UInt8]) {
        let bytes = name.bytes
        guard bytes.count > 100 else { return ([], bytes) }
        for index in bytes.indices.dropLast() where bytes[index] == UInt8(ascii: "/") && index <= 155 {
            let rest = bytes[(index + 1)...]
            if rest.count <= 100 { return (Array(bytes[..<index]), Array(rest)) }
        }
        return ([], bytes)
    }
}
