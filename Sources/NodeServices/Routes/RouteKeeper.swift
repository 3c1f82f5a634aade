public import Host
public import Logging

/// Everything that `node-install routes` does: routes to the other nodes' pods, for the bridge network.
public struct RouteKeeper: Sendable {
    private let files: KubeletFiles
    private let table: RouteTable
    private let endpoint: Endpoint
    private let logger: Logger

    /// - Parameter endpoint: the API server, by this node's proxy.
    public init(root: HostRoot, processes: any ProcessRunner, endpoint: Endpoint, logger: Logger) {
        files = KubeletFiles(root: root)
        table = RouteTable(processes: processes)
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Runs until the task is cancelled. A failure is logged and tried again; routes that are there stay.
    ///
    /// - Parameter interval: seconds.
    public func run(interval: Int) async throws {
        while true {
            if files.arePresent {
                do {
                    try await keep()
                } catch let error as CancellationError {
                    throw error
                } catch {
                    logger.warning("routes not checked", metadata: ["reason": "\(error)"])
                }
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    /// One look and what follows from it.
    public func keep() async throws {
        let nodes = try await KubernetesAPI(files.client(endpoint, bodyLimit: 64 << 20)).nodes()
        try await apply(nodes)
    }

    /// Brings the kernel's routes to what these nodes need.
    public func apply(_ nodes: [KubernetesNode]) async throws {
        let connected = try await table.connectedNetworks()
        // This node may be listed with an address that it has no more: what its own pods are on stays as it is.
        let wanted = RoutePlan.wanted(nodes, own: try await table.localAddresses())
            .filter { !connected.contains($0.destination) }
        var current = try await table.current(ipv6: false)
        if wanted.contains(where: { $0.destination.contains(":") }) {
            current.formUnion(try await table.current(ipv6: true))
        }
        let plan = RoutePlan(wanted: wanted, current: current)
        // One route that the kernel refuses must not keep the others away: tried again at the next look.
        for route in plan.replace { await attempt("route", route) { try await table.replace(route) } }
        for route in plan.remove { await attempt("route removed", route) { try await table.remove(route) } }
    }

    private func attempt(_ event: Logger.Message, _ route: PodRoute, _ change: () async throws -> Void) async {
        var metadata: Logger.Metadata = ["to": "\(route.destination)", "via": "\(route.gateway)"]
        do {
            try await change()
            logger.notice(event, metadata: metadata)
        } catch {
            metadata["reason"] = "\(error)"
            logger.warning("route not changed", metadata: metadata)
        }
    }
}
