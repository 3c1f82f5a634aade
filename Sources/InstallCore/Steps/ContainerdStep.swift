import BundleModel
import Host

/// containerd's configuration, its unit, and a containerd that answers.
struct ContainerdStep: Step {
    let name = "containerd"
    static let configuration = "/etc/containerd/config.toml"
    static let unit = "containerd.service"
    static let store = "/var/lib/containerd"
    /// What containerd makes and fills by itself, from its first start on.
    private static let folders = [
        store, "/run/containerd", "/opt/containerd", "/etc/cni", "/var/lib/cni", "/var/log/pods",
    ]
    static let crictl = """
        runtime-endpoint: unix:///run/containerd/containerd.sock
        image-endpoint: unix:///run/containerd/containerd.sock

        """

    /// What config.toml says.
    static func settings(_ target: InstallTarget) -> ContainerdConfiguration {
        let settings = target.options.configuration.containerd
        return ContainerdConfiguration(
            version: target.release.containerd, sandboxImage: target.release.sandboxImage, cri: settings?.cri ?? [:],
            extra: settings?.extra ?? "")
    }

    private func files(_ target: InstallTarget) -> [(path: String, text: String)] {
        [
            (Self.configuration, Self.settings(target).toml), ("/etc/crictl.yaml", Self.crictl),
            ("\(NodePaths.units)/\(Self.unit)", Template(PackageResources.containerd_service).fill([:])),
        ]
    }

    func plan(_ target: InstallTarget) async throws -> [String] {
        files(target).map { "write \($0.path)" }
            + ["make /etc/containerd/certs.d", "enable and start \(Self.unit) (\(target.release.containerd))"]
    }

    func apply(_ run: InstallRun) async throws {
        for folder in Self.folders {
            try run.changes.claim(folder)
        }
        var changed = false
        for file in files(run.target) where try run.changes.write(file.text, to: file.path) { changed = true }
        try run.changes.makeDirectory("/etc/containerd/certs.d")
        try await run.changes.run(Self.unit, changed: changed)
        for _ in 0..<60 {
            if try await answers(run.target) { return }
            try await run.context.pause(.milliseconds(500))
        }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        for file in files(target) where try !target.has(file.text, at: file.path) {
            return "\(file.path) is not as written"
        }
        if let problem = try await target.problem(withUnit: Self.unit) { return problem }
        return try await answers(target) ? nil : "containerd does not answer"
    }

    private func answers(_ target: InstallTarget) async throws -> Bool {
        let result = try await target.runner.run(Command(NodePaths.binary("ctr"), ["version"], timeout: 20))
        return result.status == 0
    }

    func undo(_ reset: ResetRun) async throws {
        await reset.stop(Self.unit)
        await reset.endProcesses(named: ["containerd-shim-runc-v2", "containerd"])
        await reset.unmount(below: ["/run/containerd", "/run/netns", "/var/lib/containerd"]) { mount in
            !mount.path.hasPrefix("/run/netns/") || mount.path.hasPrefix("/run/netns/cni-")
        }
        await reset.removeNetworkNamespaces()
        await reset.removeLinks()
        await reset.removeFirewallRules()
    }
}
