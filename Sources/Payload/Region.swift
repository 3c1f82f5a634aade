/// A named part of a bundle's file.
public struct Region: Codable, Hashable, Sendable {
    /// `head`, `padding`, `index`, `signature KEYID`, `public key KEYID`, `pack NAME`; before each member of the tar
    /// `header` and its name, with the padding of the member before it; `end`, `trailer`.
    public let name: String
    /// Bytes from the start of the file.
    public let offset: UInt64
    /// Bytes.
    public let size: UInt64

    public init(name: String, offset: UInt64, size: UInt64) {
        self.name = name
        self.offset = offset
        self.size = size
    }

    public var range: Range<UInt64> { offset..<offset + size }
}
