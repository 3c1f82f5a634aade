public import NIOCore

/// A numeric address and a TCP port: `10.0.0.1:6443`, `[fd00::1]:6443`.
public struct Endpoint: Hashable, Sendable {
    public let address: IPAddress
    public let port: UInt16

    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// - Throws: `NodeServicesError.badAddress` with the raw text: for a host name, a missing or a wrong port.
    public init(_ text: some StringProtocol) throws(NodeServicesError) {
        let raw = String(text)
        guard let colon = raw.lastIndex(of: ":"), let port = UInt16(raw[raw.index(after: colon)...]), port > 0 else {
            throw .badAddress(raw)
        }
        var host = raw[..<colon]
        let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if bracketed { host = host.dropFirst().dropLast() }
        let address: IPAddress
        do {
            address = try IPAddress(host)
        } catch {
            throw .badAddress(raw)
        }
        guard bracketed == address.isIPv6 else { throw .badAddress(raw) }
        self.init(address, port: port)
    }

    public func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: address.description, port: Int(port))
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}

extension Endpoint: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        left.address == right.address ? left.port < right.port : left.address < right.address
    }
}

extension Endpoint: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
