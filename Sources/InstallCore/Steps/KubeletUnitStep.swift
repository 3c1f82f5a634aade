import Host

/// The kubelet's unit. kubeadm writes what it still needs and starts it.
struct KubeletUnitStep: Step {
    let name = "kubelet-unit"
    static let unit = "kubelet.service"

    private func files(_ target: InstallTarget) -> [(path: String, text: String)] {
        let arguments =
            ["--node-ip=\(target.node.nodeIP)"] + (target.options.configuration.kubelet?.arguments ?? [])
        return [
            ("\(NodePaths.units)/\(Self.unit)", Template(PackageResources.kubelet_service).fill([:])),
            (
                "\(NodePaths.units)/\(Self.unit).d/10-kubeadm.conf",
                Template(PackageResources.kubelet_kubeadm_conf).fill([:])
            ),
            (
                "/etc/default/kubelet",
                Template(PackageResources.kubelet_default).fill(["arguments": arguments.joined(separator: " ")])
            ),
        ]
    }

    func plan(_ target: InstallTarget) async throws -> [String] {
        files(target).map { "write \($0.path)" } + ["enable \(Self.unit)"]
    }

    func apply(_ run: InstallRun) async throws {
        for folder in ["/etc/kubernetes", "/var/lib/kubelet", "/var/log/containers"] {
            try run.changes.claim(folder)
        }
        var changed = false
        for file in files(run.target) where try run.changes.write(file.text, to: file.path) { changed = true }
        try await run.changes.enable(Self.unit)
        if changed, try await run.changes.isActive(Self.unit) {
            try await run.changes.start(Self.unit, restart: true)
        }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        for file in files(target) where try !target.has(file.text, at: file.path) {
            return "\(file.path) is not as written"
        }
        let enabled = try await target.runner.run(Command("systemctl", ["is-enabled", Self.unit])).standardOutput
        return enabled.hasPrefix("enabled") ? nil : "\(Self.unit) does not start at boot"
    }

    func undo(_ reset: ResetRun) async throws {
        await reset.stop(Self.unit)
        await reset.removePods()
        await reset.unmount(below: ["/var/lib/kubelet"]) { _ in true }
    }
}
