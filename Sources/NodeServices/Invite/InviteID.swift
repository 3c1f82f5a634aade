/// What an invite is called: 40 random bits, written as 8 characters.
public struct InviteID: Hashable, Sendable {
    public static let byteCount = 5
    public let bytes: [UInt8]

    /// - Parameter bytes: exactly 5 bytes, else nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Returns: nil for anything but 8 characters of the invite's alphabet.
    public init?(_ text: some StringProtocol) {
        guard let bytes = Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }
}

extension InviteID: CustomStringConvertible {
    public var description: String { Base32.encode(bytes) }
}

extension InviteID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = InviteID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an invite's id")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
