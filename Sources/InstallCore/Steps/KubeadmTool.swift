import BundleModel
import Host
import Logging
import SystemPackage

/// What `kubeadm init` and `kubeadm join` have in common: the configuration, and starting over after an interruption.
struct KubeadmTool: Sendable {
    let run: InstallRun
    var target: InstallTarget { run.target }

    static func configuration(_ target: InstallTarget) -> KubeadmConfiguration {
        let release = target.release
        let settings = target.options.configuration
        var kubelet: JSONValue = [:]
        if release.containerd < SemanticVersion(1, 7, 3) {
            // This containerd does not tell the kubelet which images are pinned, and offline none comes back.
            kubelet = ["imageGCHighThresholdPercent": 100]
        }
        return KubeadmConfiguration(
            api: release.kubeadmAPI, kubernetes: release.kubernetes, imageRepository: release.imageRepository,
            nodeName: target.node.nodeName, nodeIP: target.node.nodeIP, podCIDR: target.node.podCIDR,
            serviceCIDR: target.node.serviceCIDR, endpoint: APIProxyStep.endpoint,
            certSANs: settings.kubeadm?.certSANs ?? [], kubelet: kubelet.merging(settings.kubelet?.extra ?? [:]),
            kubeProxy: settings.kubeProxy)
    }

    /// Runs kubeadm once. What an earlier, interrupted run began is reset first.
    func perform(_ command: String, documents: String, arguments: [String]) async throws {
        if run.state.kubeadmPending != nil { try await startOver() }
        for folder in ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/usr/libexec/kubernetes"] {
            try run.changes.claim(folder)
        }
        try run.changes.makeDirectory(NodePaths.configuration)
        try run.changes.write(documents, to: NodePaths.kubeadmConfiguration, mode: 0o600)
        let ignored = target.options.configuration.kubeadm?.ignorePreflightErrors ?? []
        let all =
            [command, "--config", NodePaths.kubeadmConfiguration]
            + (ignored.isEmpty ? [] : ["--ignore-preflight-errors=\(ignored.joined(separator: ","))"]) + arguments
        try run.journal.append(.kubeadmBegun(command: command))
        let result = try await runKilledHalfway(
            Command(NodePaths.binary("kubeadm"), all, timeout: 900), boundary: "kubeadm-\(command):mid")
        run.context.logger.info("kubeadm \(command) printed:\n\(result.standardOutput)\(result.standardError)")
        guard result.status == 0 else {
            throw InstallError.step(
                name: "kubeadm-\(command)", reason: "kubeadm ended with status \(result.status):\n\(result.ending)")
        }
        try run.journal.append(.kubeadmFinished(command: command))
    }

    /// Runs the program; where a test asked for it, kills this process once kubeadm has written its first manifest
    /// or credentials.
    private func runKilledHalfway(_ command: Command, boundary: String) async throws -> CommandResult {
        let context = run.context
        guard context.boundary.isArmed(boundary) else { return try await context.runner.run(command) }
        let signs = ["/etc/kubernetes/manifests/etcd.yaml", "/var/lib/kubelet/kubeadm-flags.env"]
            .map { context.root.resolve($0) }
        return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask { try await context.runner.run(command) }
            group.addTask {
                while !Task.isCancelled {
                    if signs.contains(where: { FileSystem.exists($0) }) { context.boundary.reach(boundary) }
                    try await Task.sleep(for: .milliseconds(20))
                }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next().flatMap { $0 } ?? CommandResult(status: 1)
        }
    }

    /// Undoes a half-done init or join. Only after the journal has shown that this installation began it.
    private func startOver() async throws {
        run.context.note("kubeadm", "an interrupted 'kubeadm \(run.state.kubeadmPending ?? "")' is undone first")
        let cleaner = HostCleaner(context: run.context)
        // A killed installer does not take kubeadm with it.
        await cleaner.endProcesses(named: ["kubeadm"])
        await cleaner.resetKubeadm()
        await cleaner.stop(KubeletUnitStep.unit)
        await cleaner.removePods()
        await cleaner.unmount(below: ["/var/lib/kubelet"]) { _ in true }
        for folder in ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"] {
            guard run.state.claimed.contains(folder) else { continue }
            let claim = run.journal.entries.lazy.compactMap { entry -> [String]? in
                guard case .directoryClaimed(folder, _, let kept) = entry.record else { return nil }
                return kept
            }.first
            let place = target.root.resolve(folder)
            guard let status = try FileSystem.status(place), status.kind == .directory else { continue }
            var tree = TreeRemoval(device: try TreeRemoval.device(of: place))
            for name in try FileSystem.list(place) where claim?.contains(name) != true {
                tree.remove(place.appending(name))
            }
            if let problem = tree.problems.first {
                throw InstallError.step(name: "kubeadm", reason: "cannot clean \(folder): \(problem)")
            }
        }
        try run.journal.append(.kubeadmReset)
    }
}
