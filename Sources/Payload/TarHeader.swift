/// One ustar header block, in exactly the form that this project writes: of the outer tar, and of archives that are
/// handed on.
///
/// Regular files with mode 0644 and owner 0 only; sizes from 8 GiB on in base-256, as GNU tar and bsdtar read them.
/// A reader accepts nothing else: a bundle that was put together another way is not one of ours.
public struct TarHeader: Hashable, Sendable {
    public static let blockSize: UInt64 = 512
    let name: String
    let size: UInt64
    let modificationTime: UInt64

    /// - Parameters:
    ///   - name: at most 99 bytes.
    ///   - size: bytes.
    ///   - modificationTime: seconds since 1970.
    public init(name: String, size: UInt64, modificationTime: UInt64) {
        self.name = name
        self.size = size
        self.modificationTime = modificationTime
    }

    /// Bytes of the member with its header and padding.
    var span: UInt64 { Self.blockSize + Self.padded(size) }

    /// Bytes of content with the zeros that fill its last block.
    public static func padded(_ size: UInt64) -> UInt64 {
        (size + blockSize - 1) / blockSize * blockSize
    }

    /// The 512 bytes.
    public func encode() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        block.put(Array(name.utf8), at: 0)
        block.put(Self.octal(0o644, digits: 7), at: 100)
        block.put(Self.octal(0, digits: 7), at: 108)
        block.put(Self.octal(0, digits: 7), at: 116)
        block.put(Self.number(size), at: 124)
        block.put(Self.number(modificationTime), at: 136)
        block.put([UInt8](repeating: 0x20, count: 8), at: 148)
        block[156] = UInt8(ascii: "0")
        block.put(Array("ustar\u{0}00".utf8), at: 257)
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        block.put(Self.octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }

    /// - Returns: nil for anything but the exact bytes that `encode` gives.
    static func decode(_ block: [UInt8]) -> TarHeader? {
        guard block.count == 512 else { return nil }
        let name = block[..<100].prefix { $0 != 0 }
        guard !name.isEmpty, let size = number(block[124..<136]), let time = number(block[136..<148]) else {
            return nil
        }
        let header = TarHeader(name: String(decoding: name, as: UTF8.self), size: size, modificationTime: time)
        return header.encode() == block ? header : nil
    }

    private static func octal(_ value: UInt64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
    }

    /// 12 bytes: 11 octal digits and a zero, or base-256 where they do not suffice.
    private static func number(_ value: UInt64) -> [UInt8] {
        if value < 1 << 33 { return octal(value, digits: 11) + [0] }
        return [0x80, 0, 0, 0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
        if field.first == 0x80 { return field.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }
        return UInt64(String(decoding: field.prefix(11), as: UTF8.self), radix: 8)
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ bytes: [UInt8], at offset: Int) {
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}
