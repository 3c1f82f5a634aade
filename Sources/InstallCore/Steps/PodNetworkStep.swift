import BundleModel
import Host

/// The pod network: node-install's own bridge, or manifests from the bundle.
struct PodNetworkStep: Step {
    let name = "cni"
    static let unit = "node-install-routes.service"

    private var unitText: String { Template(PackageResources.node_install_routes_service).fill([:]) }

    let isOptional = true

    func applies(to target: InstallTarget) -> Bool {
        switch target.release.cni.kind {
        case .bridge: true
        case .calico, .cilium, .flannel: target.isMaster
        case .none: false
        }
    }

    func plan(_ target: InstallTarget) async throws -> [String] {
        switch target.release.cni.kind {
        case .bridge:
            ["write \(NodePaths.bridgeConflist) for this node's part of \(target.node.podCIDR)", "start \(Self.unit)"]
        case .calico, .cilium, .flannel: target.release.cni.manifests.map { "kubectl apply \($0)" }
        case .none: []
        }
    }

    func apply(_ run: InstallRun) async throws {
        switch run.target.release.cni.kind {
        case .bridge: try await applyBridge(run)
        case .calico, .cilium, .flannel:
            for manifest in run.target.release.cni.manifests {
                try await run.target.runner.require(
                    run.target.kubectl(["apply", "-f", manifest], timeout: 120))
                try AppliedManifests(root: run.target.root).remember(manifest)
            }
        case .none: break
        }
    }

    private func applyBridge(_ run: InstallRun) async throws {
        let target = run.target
        var podCIDR = ""
        var last = ""
        for _ in 0..<150 {
            let result = try await target.ask(
                ["get", "node", target.node.nodeName, "-o", "jsonpath={.spec.podCIDR}"], timeout: 30)
            podCIDR = result.standardOutput
            last = result.standardError
            if result.status == 0, !podCIDR.isEmpty { break }
            try await run.context.pause(.seconds(1))
        }
        guard IPv4Block(podCIDR) != nil else {
            throw InstallError.notReady(
                what: "this node's pod network (spec.podCIDR)", seconds: 150, detail: last)
        }
        let conflist = BridgeConflist(podCIDR: podCIDR, hasPortmap: hasPlugin("portmap", target))
        try run.changes.write(try conflist.json(), to: NodePaths.bridgeConflist)
        try run.journal.append(.linkMade(name: BridgeConflist.link))
        let changed = try run.changes.write(unitText, to: "\(NodePaths.units)/\(Self.unit)")
        try await run.changes.run(Self.unit, changed: changed)
    }

    private func hasPlugin(_ name: String, _ target: InstallTarget) -> Bool {
        FileSystem.exists(target.root.resolve("\(NodePaths.cniBinaries)/\(name)"))
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        switch target.release.cni.kind {
        case .bridge:
            if !FileSystem.exists(target.root.resolve(NodePaths.bridgeConflist)) {
                return "\(NodePaths.bridgeConflist) is missing"
            }
            if try !target.has(unitText, at: "\(NodePaths.units)/\(Self.unit)") {
                return "\(Self.unit) is not as written"
            }
            return try await target.problem(withUnit: Self.unit)
        case .calico, .cilium, .flannel:
            for manifest in target.release.cni.manifests {
                let result = try await target.runner.run(
                    target.kubectl(["get", "-o", "name", "-f", manifest], timeout: 120))
                if result.status != 0 { return "objects of \(manifest) are not in the cluster" }
                if let problem = try AppliedManifests(root: target.root).problem(with: manifest) { return problem }
            }
            return nil
        case .none: return nil
        }
    }

    func undo(_ reset: ResetRun) async throws {
        await reset.stop(Self.unit)
        await reset.removeRoutes()
    }
}
