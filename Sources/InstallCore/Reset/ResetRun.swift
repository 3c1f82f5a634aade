import Host

/// A reset under way, as steps see it.
struct ResetRun: Sendable {
    let cleaner: HostCleaner
    let journal: Journal

    func stop(_ unit: String) async { await cleaner.stop(unit) }
    func resetKubeadm() async { await cleaner.resetKubeadm() }
    func endProcesses(named names: [String]) async { await cleaner.endProcesses(named: names) }
    func removePods() async { await cleaner.removePods() }
    func removeNetworkNamespaces() async { await cleaner.removeNetworkNamespaces() }
    func removeLinks() async { await cleaner.removeLinks() }
    func removeRoutes() async { await cleaner.removeRoutes() }
    func removeFirewallRules() async { await cleaner.removeFirewallRules() }

    func unmount(below folders: [String], where wanted: (MountTable.Mount) -> Bool) async {
        await cleaner.unmount(below: folders, where: wanted)
    }
}
