#if canImport(Glibc)
    import Glibc
#endif

/// A numeric IPv4 or IPv6 address. Names are never looked up.
public struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in network order.
    public let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16 bytes, else nil.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// - Throws: `NodeServicesError.badAddress` with the raw text.
    public init(_ text: some StringProtocol) throws(NodeServicesError) {
        let raw = String(text)
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, raw, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if inet_pton(AF_INET6, raw, &buffer) == 1 {
            bytes = buffer
        } else {
            throw .badAddress(raw)
        }
    }

    public var isIPv6: Bool { bytes.count == 16 }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: `10.0.0.1`, `fd00::1`.
    public var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = isIPv6 ? AF_INET6 : AF_INET
        let written = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count)) }
        guard written != nil else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.count == right.bytes.count
            ? left.bytes.lexicographicallyPrecedes(right.bytes) : left.bytes.count < right.bytes.count
    }
}
