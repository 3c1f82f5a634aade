import NodeServices
import Testing

struct RoutePlanTests {
    private func node(_ name: String, _ addresses: [String], _ networks: [String]) -> KubernetesNode {
        KubernetesNode(
            metadata: .init(name: name), spec: .init(podCIDR: networks.first, podCIDRs: networks),
            status: .init(addresses: addresses.map { .init(type: "InternalIP", address: $0) }))
    }

    private func route(_ destination: String, _ gateway: String) -> PodRoute {
        PodRoute(destination: destination, gateway: gateway)
    }

    @Test func everyOtherNodeGetsARouteAndOurselfNone() {
        let nodes = [
            node("master0", ["10.0.0.1"], ["10.244.0.0/24"]), node("worker1", ["10.0.0.2"], ["10.244.1.0/24"]),
            node("worker2", ["10.0.0.3"], ["10.244.2.0/24"]),
        ]
        #expect(
            RoutePlan.wanted(nodes, own: ["127.0.0.1", "10.0.0.2"]) == [
                route("10.244.0.0/24", "10.0.0.1"), route("10.244.2.0/24", "10.0.0.3"),
            ])
    }

    @Test func familiesAreNotMixed() {
        let nodes = [
            node("both", ["10.0.0.1", "fd00::1"], ["10.244.0.0/24", "fd01:0::/64"]),
            node("only four", ["10.0.0.2"], ["10.244.1.0/24", "fd01:1::/64"]),
        ]
        #expect(
            RoutePlan.wanted(nodes, own: []) == [
                route("10.244.0.0/24", "10.0.0.1"), route("fd01::/64", "fd00::1"), route("10.244.1.0/24", "10.0.0.2"),
            ])
    }

    @Test(arguments: ["10.244.0.0", "10.244.0.0/0", "10.244.0.0/33", "pods/24", "", "0.0.0.0/0"])
    func aNetworkThatCannotBeIsLeftOut(network: String) {
        #expect(RoutePlan.wanted([node("n", ["10.0.0.1"], [network])], own: []) == [])
    }

    @Test func aNodeWithoutNetworkOrAddressIsLeftOut() {
        let nodes = [
            node("new", ["10.0.0.4"], []), node("odd", ["host.example"], ["10.244.7.0/24"]),
            KubernetesNode(metadata: .init(name: "empty")),
        ]
        #expect(RoutePlan.wanted(nodes, own: []) == [])
    }

    @Test func onlyDifferencesAreChanged() {
        let same = route("10.244.0.0/24", "10.0.0.1")
        let moved = route("10.244.1.0/24", "10.0.0.9")
        let old = route("10.244.1.0/24", "10.0.0.2")
        let stale = route("10.244.5.0/24", "10.0.0.5")
        let plan = RoutePlan(wanted: [same, moved], current: [same, old, stale])
        #expect(plan.replace == [moved])
        // Replacing takes the old gateway's place: only what no node has any more is removed.
        #expect(plan.remove == [stale])
        #expect(RoutePlan(wanted: [same], current: [same]).isEmpty)
    }
}
