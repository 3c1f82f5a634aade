import Host

/// The load balancer on 127.0.0.1:7443 that the kubelet and everything else reaches the API servers by.
struct APIProxyStep: Step {
    let name = "api-proxy"
    static let unit = "node-install-proxy.service"
    static let endpoint = "127.0.0.1:7443"

    private var unitText: String { Template(PackageResources.node_install_proxy_service).fill([:]) }

    func plan(_ target: InstallTarget) async throws -> [String] {
        [
            "write \(NodePaths.masters)", "write \(NodePaths.units)/\(Self.unit)",
            "enable and start \(Self.unit), on \(Self.endpoint)",
        ]
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        // The service keeps the list up to date by itself; only the first one is written here.
        if !FileSystem.exists(target.root.resolve(NodePaths.masters)) {
            let masters: [String]
            if target.isMaster {
                masters = ["\(target.node.nodeIP):6443"]
            } else if let redeem = target.services.redeem {
                masters = try await redeem(target.node).masters
            } else {
                throw InstallError.joinMissing
            }
            try AtomicFile.write(
                target.services.mastersFile(masters), to: target.root.resolve(NodePaths.masters), mode: 0o600)
        }
        let changed = try run.changes.write(unitText, to: "\(NodePaths.units)/\(Self.unit)")
        try await run.changes.run(Self.unit, changed: changed)
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        if !FileSystem.exists(target.root.resolve(NodePaths.masters)) { return "\(NodePaths.masters) is missing" }
        if try !target.has(unitText, at: "\(NodePaths.units)/\(Self.unit)") { return "\(Self.unit) is not as written" }
        return try await target.problem(withUnit: Self.unit)
    }

    func undo(_ reset: ResetRun) async throws {
        await reset.stop(Self.unit)
    }
}
