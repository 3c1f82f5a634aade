import BundleModel
import Host

/// A worker's join, with what its invite was redeemed for.
struct KubeadmJoinStep: Step {
    let name = "kubeadm-join"
    let boundaries = ["kubeadm-join:mid"]

    let roles: [NodeRole] = [.worker]

    func plan(_ target: InstallTarget) async throws -> [String] {
        [
            "redeem the invite",
            "kubeadm join through \(APIProxyStep.endpoint) as \(target.node.nodeName), address \(target.node.nodeIP)",
        ]
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        try KubeadmTool.discardConfiguration(target.root)
        if run.state.kubeadmFinished == "join", FileSystem.exists(target.root.resolve(NodePaths.kubeletConf)) {
            if try await !run.changes.isActive(KubeletUnitStep.unit) {
                try await run.changes.start(KubeletUnitStep.unit)
            }
            return
        }
        guard let redeem = target.services.redeem else { throw InstallError.joinMissing }
        // Again, although the proxy's step did: images take time, and kubeadm's token lives for minutes.
        let grant = try await redeem(target.node)
        // The proxy's list may be of an earlier answer, from a cluster that was made anew since. It reads the file again.
        let masters = try target.services.mastersFile(grant.masters)
        if try !target.has(masters, at: NodePaths.masters, mode: 0o600) {
            try AtomicFile.write(masters, to: target.root.resolve(NodePaths.masters), mode: 0o600)
        }
        let documents = try KubeadmTool.configuration(target).joinDocuments(
            token: grant.token, caCertHashes: grant.caCertHashes)
        try await KubeadmTool(run: run).perform("join", documents: documents, arguments: [])
        do {
            try await target.services.confirm?()
        } catch {
            // The node is in; the token ends by itself.
            run.context.note(name, "the invite could not be closed: \(error)")
        }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        try await KubeadmTool.problem(
            after: "join", files: [NodePaths.kubeletConf, "/var/lib/kubelet/config.yaml"], target)
    }

    func undo(_ reset: ResetRun) async throws { try await KubeadmTool.undo(reset) }
}
