import Host
import Logging
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Ends what Kubernetes leaves running. Each part may find nothing to do, and none stops the others.
struct HostCleaner: Sendable {
    let context: NodeContext
    var root: HostRoot { context.root }

    /// Runs a program whose failure is no more than a line in the log.
    @discardableResult
    func attempt(_ command: Command) async -> CommandResult? {
        do {
            return try await context.runner.run(command)
        } catch {
            return nil
        }
    }

    func stop(_ unit: String) async {
        await attempt(Command("systemctl", ["stop", unit], timeout: 120))
    }

    func resetKubeadm() async {
        guard FileSystem.exists(root.resolve(NodePaths.binary("kubeadm"))) else { return }
        await attempt(
            Command(
                NodePaths.binary("kubeadm"), ["reset", "--force", "--cri-socket", NodePaths.containerdSocket],
                timeout: 180))
    }

    /// Ends our own executables, and only those.
    func endProcesses(named names: [String]) async {
        let paths = Set(names.map(NodePaths.binary))
        for process in ProcessTable(root: root).processes where paths.contains(process.executable) {
            kill(process.id, SIGKILL)
        }
    }

    func removePods() async {
        let ctr = NodePaths.binary("ctr")
        guard FileSystem.exists(root.resolve(ctr)) else { return }
        // A reset that is run again has stopped containerd already: each question would wait ten seconds for it.
        let active = await attempt(Command("systemctl", ["is-active", "--quiet", ContainerdStep.unit]))?.status == 0
        for (list, remove) in [
            (["tasks", "ls", "-q"], ["tasks", "rm", "-f"]), (["containers", "ls", "-q"], ["containers", "rm"]),
        ] where active {
            let result = await attempt(Command(ctr, ["-n", "k8s.io"] + list, timeout: 30))
            let names = (result?.standardOutput ?? "").split(separator: "\n").map(String.init)
            if !names.isEmpty { await attempt(Command(ctr, ["-n", "k8s.io"] + remove + names, timeout: 120)) }
        }
        // Whatever a shim lost sight of is still in the pods' slice.
        await attempt(Command("systemctl", ["stop", "kubepods.slice"], timeout: 60))
    }

    /// Unmounts what is below some folders, deepest first. What is mounted on such a folder itself is the operator's.
    func unmount(below folders: [String], where wanted: (MountTable.Mount) -> Bool) async {
        for folder in folders {
            for mount in MountTable(root: root).below(folder) where mount.path != folder && wanted(mount) {
                let result = await attempt(Command("umount", [mount.path]))
                if result?.status != 0 { await attempt(Command("umount", ["--lazy", mount.path])) }
            }
        }
    }

    func removeNetworkNamespaces() async {
        let folder = root.resolve("/run/netns")
        for name in (try? FileSystem.list(folder)) ?? [] where name.hasPrefix("cni-") {
            try? FileSystem.remove(folder.appending(name))
        }
    }

    static func isOurLink(_ name: String) -> Bool {
        // Cilium's links to pods go with the pods' network namespaces; LXC has links of the same beginning.
        ["cni0", "kube-ipvs0", "flannel.1", "flannel-v6.1", "vxlan.calico", "lxc_health"].contains(name)
            || name.hasPrefix("cilium_") || name.hasPrefix("cali") && name.utf8.count == 15
    }

    func removeLinks() async {
        // Not /sys/class/net, which shows the network namespace that sysfs was mounted in.
        let table = (try? FileSystem.text(root.resolve("/proc/net/dev"))) ?? ""
        for line in table.split(separator: "\n").dropFirst(2) {
            let name = String(line.drop { $0 == " " }.prefix { $0 != ":" })
            guard Self.isOurLink(name) else { continue }
            await attempt(Command("ip", ["link", "delete", name]))
        }
    }

    /// Routes to other nodes' pods; the routes' service marks them with a protocol number of its own.
    func removeRoutes() async {
        await attempt(Command("ip", ["route", "flush", "proto", "\(Self.routeProtocol)"]))
    }

    static let routeProtocol = 157

    func removeFirewallRules() async {
        for family in ["iptables", "ip6tables"] {
            guard FactGatherer(context: context).hasTool("\(family)-save"),
                let saved = await attempt(Command("\(family)-save"))?.standardOutput,
                let script = FirewallRules.removal(from: saved)
            else { continue }
            await attempt(
                Command(
                    "\(family)-restore", ["--noflush"],
                    input: .stream { output in _ = try output.writeAll(Array(script.utf8)) }))
        }
        await removeOtherProxyRules()
    }

    /// What kube-proxy leaves where the configuration chose another mode than iptables.
    private func removeOtherProxyRules() async {
        let gatherer = FactGatherer(context: context)
        if gatherer.hasTool("nft") {
            for family in ["ip", "ip6"] { await attempt(Command("nft", ["delete", "table", family, "kube-proxy"])) }
        }
        guard gatherer.hasTool("ipset") else { return }
        let names = await attempt(Command("ipset", ["list", "-name"]))?.standardOutput ?? ""
        for name in names.split(separator: "\n") where name.hasPrefix("KUBE-") {
            await attempt(Command("ipset", ["destroy", String(name)]))
        }
    }
}
