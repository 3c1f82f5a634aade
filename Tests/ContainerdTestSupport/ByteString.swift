/// Bytes that are mostly text: names in file systems and archives, which need not be UTF-8.
public struct ByteString: Hashable, Sendable, Comparable {
    public var bytes: [UInt8]

    public init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    public static func + (left: Self, right: Self) -> Self { Self(left.bytes + right.bytes) }

    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// `count` times the same text.
    public static func repeating(_ text: String, count: Int) -> Self {
        Self(String(repeating: text, count: count))
    }

    /// With a zero at the end, for C.
    public var terminated: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension ByteString: CustomStringConvertible {
    /// Printable ASCII as it is, everything else as `\xNN`; long ones are cut in their middle.
    public var description: String {
        guard bytes.count > 300 else { return Self.printable(bytes[...]) }
        return "\(Self.printable(bytes.prefix(100)))…(\(bytes.count) bytes)…\(Self.printable(bytes.suffix(40)))"
    }

    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.reduce(into: "") { text, byte in
            if (0x20..<0x7f).contains(byte), byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }
}
