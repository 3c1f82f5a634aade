import BundleModel
import Host

/// The first master's control plane.
struct KubeadmInitStep: Step {
    let name = "kubeadm-init"
    let boundaries = ["kubeadm-init:mid"]

    let roles: [NodeRole] = [.master]

    func plan(_ target: InstallTarget) async throws -> [String] {
        [
            "kubeadm init (\(target.release.kubeadmAPI.rawValue)): Kubernetes \(target.release.kubernetes), API server "
                + "\(target.node.nodeIP):6443, pods \(target.node.podCIDR), services \(target.node.serviceCIDR)"
        ]
    }

    func apply(_ run: InstallRun) async throws {
        try KubeadmTool.discardConfiguration(run.target.root)
        if run.state.kubeadmFinished == "init", FileSystem.exists(run.target.root.resolve(NodePaths.adminConf)) {
            if try await !run.changes.isActive(KubeletUnitStep.unit) {
                try await run.changes.start(KubeletUnitStep.unit)
            }
            return
        }
        let phases = run.target.options.configuration.kubeadm?.skipPhases ?? []
        let documents = try KubeadmTool.configuration(run.target).initDocuments()
        try await KubeadmTool(run: run).perform(
            "init", documents: documents,
            arguments: ["--skip-token-print"]
                + (phases.isEmpty ? [] : ["--skip-phases=\(phases.joined(separator: ","))"]))
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let files = [
            NodePaths.adminConf, "/etc/kubernetes/manifests/kube-apiserver.yaml", "/var/lib/kubelet/config.yaml",
        ]
        return try await KubeadmTool.problem(after: "init", files: files, target)
    }

    func undo(_ reset: ResetRun) async throws { try await KubeadmTool.undo(reset) }
}
