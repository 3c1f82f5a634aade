import BundleModel

/// Decides from facts alone: no effects, so that every rule has a test.
struct PreflightEvaluation {
    let facts: NodeFacts
    let needs: Requirements

    var findings: [Finding] {
        let all =
            identity + platform + resources + space + ports + runtimes + network + kernelParts + tools + time
        return all.map { finding in
            guard finding.severity == .error, needs.tolerate.contains(finding.id) else { return finding }
            var tolerated = finding
            tolerated.severity = .warning
            return tolerated
        }
    }

    private var identity: [Finding] {
        var found: [Finding] = []
        if facts.uid != 0 {
            found.append(error("root", "runs as user \(facts.uid)", fix: "run it with sudo", .notRoot))
        }
        if !NodeName.isValid(facts.hostName) || facts.hostName == "localhost" {
            found.append(
                error(
                    "hostname",
                    "the host name '\(facts.hostName)' cannot be a node's name: expected \(NodeName.rule)",
                    fix: "hostnamectl set-hostname NAME"))
        }
        if facts.productUUID == nil {
            found.append(
                Finding(
                    id: "product-uuid", severity: .info, cause: "this machine has no readable product_uuid",
                    fix: "make sure that no other node is a clone of this machine"))
        }
        if !facts.hasSystemd {
            found.append(error("systemd", "systemd does not run here", fix: "install on a host that boots systemd"))
        }
        return found
    }

    private var platform: [Finding] {
        var found: [Finding] = []
        let machine = ["x86_64": "amd64", "aarch64": "arm64"][facts.machine] ?? facts.machine
        if machine != needs.architecture.rawValue {
            found.append(
                error(
                    "architecture", "the bundle is for \(needs.architecture.rawValue), this node is \(machine)",
                    fix: "take the bundle made for \(machine)"))
        }
        if !needs.osReleases.isEmpty, !needs.osReleases.contains(facts.osRelease) {
            found.append(
                Finding(
                    id: "os-release", severity: .warning,
                    cause: "the bundle was made for \(needs.osReleases.joined(separator: ", ")), this is "
                        + "\(facts.osRelease)",
                    fix: "host tools that are missing have to be installed by hand"))
        }
        let parts = facts.kernel.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        if parts.count == 2, (parts[0], parts[1]) < Requirements.oldestKernel {
            found.append(error("kernel", "kernel \(facts.kernel), expected 4.14 or later", fix: "upgrade the kernel"))
        }
        if facts.cgroupVersion == 0 {
            found.append(error("cgroup", "no cgroup file system is mounted", fix: "mount it at /sys/fs/cgroup"))
        } else if facts.cgroupVersion == 1, needs.kubernetes >= SemanticVersion(1, 35, 0) {
            found.append(
                error(
                    "cgroup", "cgroup version 1, and the kubelet of Kubernetes \(needs.kubernetes) needs version 2",
                    fix: "boot with systemd.unified_cgroup_hierarchy=1"))
        }
        if facts.selinuxEnforcing {
            found.append(
                error(
                    "selinux", "SELinux is enforcing, and this bundle brings no policy for it",
                    fix: "set it to permissive with setenforce 0, by your own decision", .foreignState))
        }
        return found
    }

    private var resources: [Finding] {
        var found: [Finding] = []
        let floor = needs.role == .master ? needs.masterMemoryMB : needs.workerMemoryMB
        if facts.memoryMB < floor {
            found.append(
                error("memory", "\(facts.memoryMB) MB of memory, expected \(floor) MB", fix: "give the node more"))
        }
        if needs.role == .master, facts.cpus < needs.masterCPUs {
            found.append(
                error("cpus", "\(facts.cpus) CPUs, a master needs \(needs.masterCPUs)", fix: "give the node more"))
        }
        if !facts.swapDevices.isEmpty {
            found.append(
                Finding(
                    id: "swap", severity: .info,
                    cause: "swap is on (\(facts.swapDevices.joined(separator: ", "))); it will be turned off", fix: ""))
        }
        return found
    }

    private func error(
        _ id: String, _ cause: String, fix: String, _ category: DiagnosticCategory = .preflightFailed
    ) -> Finding {
        Finding(id: id, severity: .error, cause: cause, fix: fix, category: category)
    }
}

extension PreflightEvaluation {
    private var space: [Finding] {
        var found: [Finding] = []
        // Folders of one file system share its space.
        var byDevice: [UInt64: (paths: [String], needed: UInt64, free: UInt64)] = [:]
        for volume in facts.volumes {
            let whole = needs.bytes[volume.path] ?? 0
            // An interrupted run's part is on the disk already.
            let needed = whole - min(whole, volume.heldBytes)
            var sum = byDevice[volume.device] ?? ([], 0, volume.freeBytes)
            sum.paths.append(volume.path)
            sum.needed += needed
            byDevice[volume.device] = sum
        }
        for sum in byDevice.values.sorted(by: { $0.paths.joined() < $1.paths.joined() })
        where sum.needed > sum.free {
            found.append(
                error(
                    "disk",
                    "\(sum.free) bytes free for \(sum.paths.joined(separator: ", ")), expected \(sum.needed)",
                    fix: "free \(sum.needed - sum.free) bytes there", .noSpace))
        }
        for (folder, target) in facts.linkedFolders.sorted(by: { $0.key < $1.key }) {
            found.append(
                error(
                    "linked-folder",
                    "\(folder) is a symbolic link to \(target); the installer follows none on the way to its files",
                    fix: "make it a folder and mount the other one there: mount --bind \(target) \(folder)"))
        }
        for volume in facts.volumes where volume.isNoExec {
            found.append(
                error(
                    "noexec", "\(volume.path) is on a file system mounted noexec; executables go there",
                    fix: "mount -o remount,exec"))
        }
        if let images = facts.volumes.first(where: { $0.path == "/var/lib/containerd" }),
            images.type == "overlay" || images.type == "overlayfs"
        {
            found.append(
                error(
                    "image-store", "/var/lib/containerd is on overlayfs, which containerd cannot stack on",
                    fix: "mount an ext4 or xfs file system there"))
        }
        return found
    }

    private var ports: [Finding] {
        guard !facts.isOurCluster else { return [] }
        let wanted = needs.role == .master ? NodeFacts.masterPorts : NodeFacts.workerPorts
        return wanted.compactMap { port in
            guard let listener = facts.listeners.first(where: { $0.port == port }) else { return nil }
            if facts.isOurs, listener.process == "node-install" || listener.process == "kubelet" { return nil }
            return error(
                "port-\(port)", "port \(port) is taken by \(listener.process ?? "another process")",
                fix: "stop it, or install on a clean node")
        }
    }

    private var runtimes: [Finding] {
        var found: [Finding] = []
        // One finding for each runtime: its socket and its service are stopped together.
        let present = Dictionary(grouping: facts.runtimeUnits) { NodeFacts.knownRuntimes[$0] ?? $0 }
        for (name, units) in present.sorted(by: { $0.key < $1.key }) {
            let list = units.sorted().joined(separator: " ")
            found.append(
                error(
                    "runtime-\(name.lowercased())", "\(name) runs on this node, or starts with it (\(list))",
                    fix: "systemctl disable --now \(list), or install on a clean node", .foreignState))
        }
        for runtime in facts.foreignRuntimes where present["Docker"] == nil {
            found.append(
                error(
                    "runtime-containerd", "another container runtime runs on this node: \(runtime)",
                    fix: "stop it and remove its package, or install on a clean node", .foreignState))
        }
        if found.isEmpty, let store = facts.foreignStore {
            found.append(
                error(
                    "runtime-store", "\(store) exists: another container runtime was used on this node",
                    fix: "remove that runtime and move its folder away, or install on a clean node", .foreignState))
        }
        if !facts.isOurCluster {
            for file in facts.clusterFiles {
                found.append(
                    error(
                        "cluster", "\(file) exists: this node belongs to a cluster that this installer did not make",
                        fix: "kubeadm reset, or install on a clean node", .foreignState))
            }
        }
        for unit in ["firewalld.service", "ufw.service"] where facts.activeUnits.contains(unit) {
            found.append(
                error(
                    "firewall", "\(unit) is active, and would close the cluster's ports",
                    fix: "stop it, by your own decision: systemctl disable --now \(unit)", .foreignState))
        }
        for unit in NodeFacts.ruleUnits where facts.activeUnits.contains(unit) {
            found.append(
                Finding(
                    id: "packet-filter", severity: .warning, cause: "\(unit) loads packet filter rules of its own",
                    fix:
                        "they have to let the cluster's ports and the pods' network through: docs/install.md has the list"
                ))
        }
        for unit in ["NetworkManager.service", "nm-cloud-setup.timer", "nm-cloud-setup.service"]
        where facts.activeUnits.contains(unit) {
            found.append(
                error(
                    "network-manager", "\(unit) is active, and takes over the pods' links",
                    fix: "manage the node's network another way: systemctl disable --now \(unit)", .foreignState))
        }
        return found
    }

    private var network: [Finding] {
        var found: [Finding] = []
        switch chosenIP {
        case .success(let address):
            if needs.knowsNetworks, needs.podCIDR.contains(address) || needs.serviceCIDR.contains(address) {
                found.append(
                    error(
                        "cidr", "the node's address \(address) is inside the pod or service network",
                        fix: "choose others with --pod-cidr and --service-cidr"))
            }
        case .failure(let finding): found.append(finding)
        }
        if facts.defaultRouteInterface == nil {
            found.append(
                Finding(
                    id: "default-route", severity: .warning, cause: "there is no default route",
                    fix: "Services need a route for their addresses; a default route to anywhere will do"))
        }
        return found
    }

    /// The node's address: the one asked for, that of the default route, or the only one there is.
    var chosenIP: Result<IPv4Address, Finding> {
        let usable = facts.interfaces.filter { !$0.address.isLoopback && !$0.address.isLinkLocal }
        let list = usable.map { "\($0.address) (\($0.name))" }.joined(separator: ", ")
        if let asked = needs.requestedIP {
            if usable.contains(where: { $0.address == asked }) { return .success(asked) }
            return .failure(
                error(
                    "node-ip",
                    needs.isInstalledIP
                        ? "this node was installed with the address \(asked), which it has no more; it has \(list)"
                        : "--node-ip \(asked) is not an address of this node; it has \(list)",
                    fix: needs.isInstalledIP
                        ? "give it that address back, or begin anew after 'node-install reset'" : "give one of them"))
        }
        let ours = usable.filter { interface in
            !["cni", "cali"].contains { interface.name.hasPrefix($0) } && interface.name != "docker0"
                && !HostCleaner.isOurLink(interface.name)
        }
        if let route = facts.defaultRouteInterface, let first = ours.first(where: { $0.name == route }) {
            return .success(first.address)
        }
        if ours.count == 1, let only = ours.first { return .success(only.address) }
        return .failure(
            error(
                "node-ip",
                ours.isEmpty
                    ? "this node has no address" : "no default route, and this node has several addresses: \(list)",
                fix: "give one with --node-ip"))
    }

    private var kernelParts: [Finding] {
        facts.missingModules.map { module in
            error(
                "module-\(module)", "the kernel has no module '\(module)'",
                fix: "install the kernel's modules package, or boot a kernel that has it")
        }
    }

    private var tools: [Finding] {
        facts.missingTools.filter { !needs.bundledTools.contains($0) }.compactMap { tool in
            NodeFacts.neededTools.contains(tool)
                ? error("tool-\(tool)", "the program '\(tool)' is missing", fix: "install its package")
                : Finding(
                    id: "tool-\(tool)", severity: .warning, cause: "the program '\(tool)' is missing",
                    fix: "some kubelet features need it")
        }
    }

    private var time: [Finding] {
        // A day's grace: the bundle may have been made in a zone whose clock was ahead.
        guard facts.now + 86_400 < needs.createdAt else { return [] }
        return [
            error(
                "clock", "the clock says \(facts.now) s since 1970, before the bundle was made (\(needs.createdAt))",
                fix: "set the clock; certificates would not be valid")
        ]
    }
}

extension Finding: Error {}
