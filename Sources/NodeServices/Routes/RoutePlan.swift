/// What has to change in this node's routes. Pure.
public struct RoutePlan: Hashable, Sendable {
    /// Sorted by destination.
    public var replace: [PodRoute] = []
    public var remove: [PodRoute] = []

    /// The routes that a node needs: to every other node's pods, by its address of the same family.
    ///
    /// - Parameter own: this node's addresses, which tell it from the others.
    public static func wanted(_ nodes: [KubernetesNode], own: Set<String>) -> Set<PodRoute> {
        var routes: Set<PodRoute> = []
        for node in nodes {
            let addresses = (node.status?.addresses ?? []).filter { $0.type == "InternalIP" }
                .compactMap { try? IPAddress($0.address) }
            guard !addresses.contains(where: { own.contains($0.description) }) else { continue }
            let networks = node.spec?.podCIDRs ?? node.spec?.podCIDR.map { [$0] } ?? []
            for network in networks {
                guard let (base, text) = Self.network(network),
                    let gateway = addresses.first(where: { $0.isIPv6 == base.isIPv6 })
                else { continue }
                routes.insert(PodRoute(destination: text, gateway: gateway.description))
            }
        }
        return routes
    }

    /// - Parameter current: routes with our protocol number only; nothing else is ever removed.
    public init(wanted: Set<PodRoute>, current: Set<PodRoute>) {
        replace = wanted.subtracting(current).sorted()
        // A replaced route's old gateway needs no removal of its own.
        let kept = Set(wanted.map(\.destination))
        remove = current.filter { !kept.contains($0.destination) }.sorted()
    }

    public var isEmpty: Bool { replace.isEmpty && remove.isEmpty }

    private static func network(_ text: String) -> (IPAddress, String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = try? IPAddress(parts[0]), let length = Int(parts[1]),
            (1...(base.isIPv6 ? 128 : 32)).contains(length)
        else { return nil }
        return (base, "\(base)/\(length)")
    }
}
