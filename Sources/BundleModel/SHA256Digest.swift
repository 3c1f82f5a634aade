/// A SHA-256 digest: 32 bytes, written `sha256:<64 lowercase hex digits>`.
public struct SHA256Digest: Hashable, Sendable, Comparable {
    public static let byteCount = 32
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// - Parameter bytes: exactly 32 bytes, else nil.
    public init?(bytes: some Sequence<UInt8>) {
        let array = Array(bytes)
        guard array.count == Self.byteCount else { return nil }
        self.bytes = array
    }

    /// For bytes that a hash function gave.
    ///
    /// - Parameter bytes: 32 bytes; any other number is a programming error.
    public init(exactly bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a SHA-256 digest has 32 bytes")
        self.bytes = bytes
    }

    /// - Parameter hex: 64 hex digits without a prefix.
    /// - Throws: `DigestError.malformed` with the raw text.
    public init(hex: some StringProtocol) throws(DigestError) {
        guard let bytes = Hex.decode(hex), bytes.count == Self.byteCount else { throw .malformed(String(hex)) }
        self.bytes = bytes
    }

    /// - Parameter text: `sha256:<hex>`.
    public init(_ text: some StringProtocol) throws(DigestError) {
        guard text.hasPrefix("sha256:"), let bytes = Hex.decode(text.dropFirst("sha256:".count)),
            bytes.count == Self.byteCount
        else { throw .malformed(String(text)) }
        self.bytes = bytes
    }

    /// 64 lowercase hex digits.
    public var hex: String { Hex.encode(bytes) }

    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { "sha256:\(hex)" }
}

extension SHA256Digest: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.singleValueContainer().parsed { try SHA256Digest($0) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
