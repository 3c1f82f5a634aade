/// How much of the network all transfers of one cache take together.
public struct TransferLimits: Hashable, Sendable {
    /// Connections in all.
    public var connections: Int
    /// Connections to one host.
    public var perHost: Int
    /// Bytes a second over all connections; nil: as fast as they come.
    public var bytesPerSecond: UInt64?

    public init(connections: Int = 32, perHost: Int = 32, bytesPerSecond: UInt64? = nil) {
        self.connections = connections
        self.perHost = perHost
        self.bytesPerSecond = bytesPerSecond
    }

    /// The connections that are really opened: a limited rate is not spread so thin that each would seem stalled.
    var openConnections: Int {
        let wanted = max(1, connections)
        guard let bytesPerSecond else { return wanted }
        return max(1, min(wanted, Int(clamping: bytesPerSecond / Self.leastPerConnection)))
    }

    /// Bytes a second: one read of the network.
    private static let leastPerConnection: UInt64 = 64 << 10
}
