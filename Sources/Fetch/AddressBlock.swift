#if canImport(Glibc)
    import Glibc
#endif

/// A network of addresses, `10.0.0.0/8` or `fd00::/8`, as no_proxy may name one.
struct AddressBlock: Hashable {
    private let address: [UInt8]
    /// Bits.
    private let length: Int

    /// - Returns: nil for text that is no network.
    init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let address = Self.bytes(String(halves[0])), let length = Int(halves[1]),
            (0...address.count * 8).contains(length)
        else { return nil }
        self.address = address
        self.length = length
    }

    /// - Parameter host: false for a name, which is not looked up.
    func contains(_ host: some StringProtocol) -> Bool {
        guard let bytes = Self.bytes(String(host)), bytes.count == address.count else { return false }
        return (0..<length).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == address[bit / 8] & mask
        }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
