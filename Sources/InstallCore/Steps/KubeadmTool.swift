import BundleModel
import Host
import SystemPackage

/// What `kubeadm init` and `kubeadm join` have in common: the configuration, and starting over after an interruption.
struct KubeadmTool: Sendable {
    let run: InstallRun
    var target: InstallTarget { run.target }

    static func configuration(_ target: InstallTarget) -> KubeadmConfiguration {
        let release = target.release
        let settings = target.options.configuration
        var kubelet: JSONValue = [:]
        if !Self.sparesPinnedImages(kubelet: release.kubernetes, containerd: release.containerd) {
            // Offline no image comes back. A disk that fills counts twice: for the collection of images, and for
            // eviction, which takes every unused image before the first pod. With this the defaults for disks go.
            kubelet = ["imageGCHighThresholdPercent": 100, "evictionHard": ["memory.available": "100Mi"]]
        }
        return KubeadmConfiguration(
            api: release.kubeadmAPI, kubernetes: release.kubernetes, imageRepository: release.imageRepository,
            nodeName: target.node.nodeName, nodeIP: target.node.nodeIP, podCIDR: target.node.podCIDR,
            serviceCIDR: target.node.serviceCIDR, endpoint: APIProxyStep.endpoint,
            certSANs: settings.kubeadm?.certSANs ?? [], kubelet: kubelet.merging(settings.kubelet?.extra ?? [:]),
            kubeProxy: settings.kubeProxy)
    }

    /// Whether the kubelet leaves pinned images alone when it clears a disk that fills. containerd tells which they are
    /// from 1.7.3 on. The kubelet asked before, but heard the answer from 1.28.2 on only (kubernetes#119986).
    static func sparesPinnedImages(kubelet: SemanticVersion, containerd: SemanticVersion) -> Bool {
        kubelet >= SemanticVersion(1, 28, 2) && containerd >= SemanticVersion(1, 7, 3)
    }

    /// What is not as kubeadm leaves it; nil where all is.
    static func problem(after command: String, files: [String], _ target: InstallTarget) async throws -> String? {
        guard try target.state().kubeadmFinished == command else { return "kubeadm \(command) has not finished" }
        for file in files where !FileSystem.exists(target.root.resolve(file)) { return "\(file) is missing" }
        return try await target.problem(withUnit: KubeletUnitStep.unit)
    }

    static func undo(_ reset: ResetRun) async throws {
        await reset.endProcesses(named: ["kubeadm"])
        await reset.resetKubeadm()
        try discardConfiguration(reset.cleaner.root)
    }

    /// Runs kubeadm once. What an earlier, interrupted run began is reset first.
    ///
    /// - Parameter documents: may hold a token, so they stay out of the journal and go when this returns or throws.
    func perform(_ command: String, documents: String, arguments: [String]) async throws {
        let wasBegun = run.journal.entries.contains { $0.record == .kubeadmBegun(command: command) }
        if run.state.kubeadmPending != nil { try await startOver() }
        for folder in ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/usr/libexec/kubernetes"] {
            try run.changes.claim(folder)
        }
        let file = target.root.resolve(NodePaths.kubeadmConfiguration)
        defer { try? Self.discardConfiguration(target.root) }
        try AtomicFile.write(Array(documents.utf8), to: file, mode: 0o600)
        let ignored = target.options.configuration.kubeadm?.ignorePreflightErrors ?? []
        let all =
            [command, "--config", NodePaths.kubeadmConfiguration]
            + (ignored.isEmpty ? [] : ["--ignore-preflight-errors=\(ignored.joined(separator: ","))"]) + arguments
        let program = Command(NodePaths.binary("kubeadm"), all, timeout: 1800)
        var retries = wasBegun ? Self.retriesWhileReady : 0
        while true {
            try run.journal.append(.kubeadmBegun(command: command))
            let result = try await runKilledHalfway(program, boundary: "kubeadm-\(command):mid")
            if result.status == 0 { break }
            guard retries > 0, isStillReady(result) else { throw failure(command, program, result) }
            retries -= 1
            run.context.note(
                "kubeadm", "the API still calls this node Ready from the interrupted join; joining again in 10 s")
            try await run.context.pause(.seconds(10))
            try await startOver()
        }
        try run.journal.append(.kubeadmFinished(command: command))
    }

    /// Removes the configuration: a run that was killed left it, whole or half-written, and it may hold a token.
    static func discardConfiguration(_ root: HostRoot) throws {
        let file = root.resolve(NodePaths.kubeadmConfiguration)
        try FileSystem.remove(file)
        try AtomicFile.removeAbandoned(beside: file)
    }

    /// The control plane takes a node that fell silent for Ready for 40 to 50 s; this waits two minutes.
    private static let retriesWhileReady = 12

    /// Whether kubeadm refused this node's name because the API calls a node of that name Ready. kubeadm has neither a
    /// status nor an output format of its own for that, only these words.
    private func isStillReady(_ result: CommandResult) -> Bool {
        let words = "a Node with name \"\(target.node.nodeName)\" and status \"Ready\" already exists in the cluster"
        return result.standardError.contains(words)
    }

    private func failure(_ command: String, _ program: Command, _ result: CommandResult) -> any Error {
        let failed = HostError.failed(command: program.description, status: result.status, output: result.ending)
        if failed.category == .noSpace { return failed }
        return InstallError.step(
            name: "kubeadm-\(command)", reason: "kubeadm ended with status \(result.status):\n\(result.ending)")
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
            let (claims, root) = (run.journal.claims(in: folder), target.root)
            let problem = try await BlockingPool.shared.run {
                try claims.flatMap { try TreeRemoval.empty(root.resolve($0.path), keeping: $0.kept) }.first
            }
            if let problem {
                throw InstallError.step(name: "kubeadm", reason: "cannot clean \(folder): \(problem)")
            }
        }
        try run.journal.append(.kubeadmReset)
    }
}
