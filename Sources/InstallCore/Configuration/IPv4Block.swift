/// An IPv4 network, `10.244.0.0/16`.
public struct IPv4Block: Hashable, Sendable, CustomStringConvertible {
    public let address: IPv4Address
    public let prefix: Int

    /// - Returns: nil unless it is ADDRESS/PREFIX with no host bits set.
    public init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let address = IPv4Address(halves[0]), let prefix = Int(halves[1]),
            (0...32).contains(prefix), halves[1].utf8.count <= 2
        else { return nil }
        self.address = address
        self.prefix = prefix
        guard address.value & ~mask == 0 else { return nil }
    }

    private var mask: UInt32 { prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefix) }

    public func contains(_ other: IPv4Address) -> Bool { other.value & mask == address.value }

    public func overlaps(_ other: IPv4Block) -> Bool { contains(other.address) || other.contains(address) }

    public var description: String { "\(address)/\(prefix)" }
}
