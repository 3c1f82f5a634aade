/// A route to another node's pods.
public struct PodRoute: Hashable, Sendable, Comparable {
    /// `10.244.1.0/24`
    public let destination: String
    /// The node's address.
    public let gateway: String

    public init(destination: String, gateway: String) {
        self.destination = destination
        self.gateway = gateway
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.destination, left.gateway) < (right.destination, right.gateway)
    }
}
