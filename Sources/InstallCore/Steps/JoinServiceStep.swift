import BundleModel

/// The service on a master that hands out what other nodes join with.
struct JoinServiceStep: Step {
    let name = "join-service"
    static let unit = "node-install-join.service"

    private var unitText: String { Template(PackageResources.node_install_join_service).fill([:]) }

    let roles: [NodeRole] = [.master]

    func plan(_ target: InstallTarget) async throws -> [String] {
        ["write \(NodePaths.units)/\(Self.unit)", "enable and start it, on \(target.node.nodeIP):7444"]
    }

    func apply(_ run: InstallRun) async throws {
        let changed = try run.changes.write(unitText, to: "\(NodePaths.units)/\(Self.unit)")
        try await run.changes.run(Self.unit, changed: changed)
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        if try !target.has(unitText, at: "\(NodePaths.units)/\(Self.unit)") { return "\(Self.unit) is not as written" }
        return try await target.problem(withUnit: Self.unit)
    }

    func undo(_ reset: ResetRun) async throws {
        await reset.stop(Self.unit)
    }
}
