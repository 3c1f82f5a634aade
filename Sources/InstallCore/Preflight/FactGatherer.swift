import BundleModel
import FoundationEssentials
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Looks at a node. Reads only.
struct FactGatherer: Sendable {
    let context: NodeContext
    var root: HostRoot { context.root }

    /// - Parameters:
    ///   - journal: what it adds up to; nil for a node without one.
    ///   - packs: those that this node needs, as one of `role`.
    func gather(
        journal: JournalState?, packs: [Pack] = [], role: NodeRole = .master, imageLoader: ImageLoaderChoice = .auto
    ) async throws -> NodeFacts {
        // Walks whole trees: not on a thread that others wait for.
        var facts = try await BlockingPool.shared.run { try look(journal, packs, role, imageLoader) }
        for unit in NodeFacts.watchedUnits + NodeFacts.ruleUnits where unit != Self.ufw || isFirewallOn {
            let result = try await context.runner.run(Command("systemctl", ["is-active", "--quiet", unit]))
            if result.status == 0 { facts.activeUnits.insert(unit) }
        }
        for unit in NodeFacts.knownRuntimes.keys.sorted() {
            let isActive = try await context.runner.run(Command("systemctl", ["is-active", "--quiet", unit]))
            let isEnabled = try await context.runner.run(Command("systemctl", ["is-enabled", "--quiet", unit]))
            if isActive.status == 0 || isEnabled.status == 0 { facts.runtimeUnits.insert(unit) }
        }
        for module in NodeFacts.neededModules where !isPresent(module) {
            let result = try? await context.runner.run(Command("modprobe", ["-n", "-q", module]))
            if result?.status != 0 { facts.missingModules.append(module) }
        }
        return facts
    }

    private static let ufw = "ufw.service"

    /// ufw's unit is active on every Ubuntu, and does nothing until ufw is switched on.
    private var isFirewallOn: Bool {
        ((try? FileSystem.text(root.resolve("/etc/ufw/ufw.conf"))) ?? "").split(separator: "\n").contains { line in
            line.filter { $0 != " " && $0 != "\"" }.lowercased() == "enabled=yes"
        }
    }

    /// What files and system calls tell. Blocks.
    private func look(
        _ journal: JournalState?, _ packs: [Pack], _ role: NodeRole, _ imageLoader: ImageLoaderChoice
    ) throws -> NodeFacts {
        var facts = NodeFacts()
        facts.uid = geteuid()
        facts.machine = Self.machine
        facts.osRelease = osRelease
        facts.kernel = text("/proc/sys/kernel/osrelease") ?? ""
        facts.cgroupVersion = cgroupVersion
        facts.memoryMB = memoryMB
        facts.cpus = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        facts.hostName = hostName
        facts.defaultRouteInterface = defaultRouteInterface
        facts.interfaces = Self.interfaces()
        let earlier = EarlierWork(
            root: root, entries: try JournalReader.entries(root), packs: packs, role: role, imageLoader: imageLoader)
        facts.volumes = try Self.targetFolders.map { try volume($0, held: earlier.bytes(in: $0)) }
        facts.linkedFolders = try linkedFolders(packs)
        facts.listeners = SocketTable(root: root).listeners
        facts.swapDevices = swapDevices
        // Ours from the moment that the journal shows: before, the same paths are somebody else's.
        let claimed = journal?.claimed ?? []
        facts.foreignRuntimes = foreignRuntimes(ours: claimed.contains(ContainerdStep.store))
        facts.foreignStore = claimed.contains(ContainerdStep.store) ? nil : firstFile(in: ContainerdStep.store)
        facts.clusterFiles = ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"]
            .filter { !claimed.contains($0) }.compactMap { firstFile(in: $0) }
        facts.selinuxEnforcing = text("/sys/fs/selinux/enforce") == "1"
        facts.missingTools = (NodeFacts.neededTools + NodeFacts.usefulTools).filter { !hasTool($0) }
        facts.now = UInt64(max(0, context.clock.now.timeIntervalSince1970))
        facts.productUUID = text("/sys/class/dmi/id/product_uuid")
        facts.hasSystemd = FileSystem.exists(root.resolve("/run/systemd/system"))
        facts.isOurs = journal?.run != nil
        facts.isOurCluster = journal?.kubeadmPending != nil || journal?.kubeadmFinished != nil
        return facts
    }

    /// Where the installation writes, as Requirements.bytes names them.
    static let targetFolders = ["/usr/local/bin", "/opt/cni/bin", "/var/lib/containerd", "/var/lib/node-install"]

    func text(_ path: String) -> String? {
        guard let content = try? FileSystem.text(root.resolve(path)) else { return nil }
        return String(content.split(separator: "\n").first ?? "")
    }

    var hostName: String { text("/proc/sys/kernel/hostname") ?? "" }
    var bootID: String { text("/proc/sys/kernel/random/boot_id") ?? "" }

    private static var machine: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// `debian-12`, from ID and VERSION_ID.
    var osRelease: String {
        let content = (try? FileSystem.text(root.resolve("/etc/os-release"))) ?? ""
        var values: [String: String] = [:]
        for line in content.split(separator: "\n") {
            let halves = line.split(separator: "=", maxSplits: 1)
            if halves.count == 2 { values[String(halves[0])] = String(halves[1].filter { $0 != "\"" && $0 != "'" }) }
        }
        return [values["ID"], values["VERSION_ID"]].compactMap { $0 }.joined(separator: "-")
    }

    private var cgroupVersion: Int {
        if FileSystem.exists(root.resolve("/sys/fs/cgroup/cgroup.controllers")) { return 2 }
        return FileSystem.exists(root.resolve("/sys/fs/cgroup/memory")) ? 1 : 0
    }

    private var memoryMB: Int {
        let content = (try? FileSystem.text(root.resolve("/proc/meminfo"))) ?? ""
        let line = content.split(separator: "\n").first { $0.hasPrefix("MemTotal:") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
    }

    private var swapDevices: [String] {
        let content = (try? FileSystem.text(root.resolve("/proc/swaps"))) ?? ""
        return content.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    private var defaultRouteInterface: String? {
        let content = (try? FileSystem.text(root.resolve("/proc/net/route"))) ?? ""
        for line in content.split(separator: "\n").dropFirst() {
            let fields = line.split { $0 == "\t" || $0 == " " }
            if fields.count > 7, fields[1] == "00000000", fields[7] == "00000000" { return String(fields[0]) }
        }
        return nil
    }

    private static func interfaces() -> [NodeFacts.Interface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [NodeFacts.Interface] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else {
                continue
            }
            let value = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
            }
            found.append(
                NodeFacts.Interface(
                    name: String(cString: entry.pointee.ifa_name), address: IPv4Address(value: value)))
        }
        return found
    }

    /// Container runtimes that run, by their executables.
    ///
    /// - Parameter ours: whether this installation has come to its own containerd.
    private func foreignRuntimes(ours: Bool) -> [String] {
        ProcessTable(root: root).processes.compactMap { process in
            let name = process.executable.split(separator: "/").last.map(String.init) ?? ""
            guard ["containerd", "crio", "dockerd"].contains(name) else { return nil }
            return ours && process.executable == NodePaths.binary("containerd") ? nil : process.executable
        }
    }

    /// The path of some file below a folder; nil where there are at most empty folders, as packages leave them.
    private func firstFile(in folder: String) -> String? {
        // A folder that is a file system of its own has one of these.
        for name in (try? FileSystem.list(root.resolve(folder))) ?? [] where name != "lost+found" {
            let path = "\(folder)/\(name)"
            guard let status = try? FileSystem.status(root.resolve(path)) else { continue }
            if status.kind != .directory { return path }
            if let found = firstFile(in: path) { return found }
        }
        return nil
    }

    /// Files are unpacked without following a link, so that a pack cannot be led astray.
    private func linkedFolders(_ packs: [Pack]) throws -> [String: String] {
        var folders: Set = ["/usr", "/usr/local", "/usr/local/bin", "/opt", "/opt/cni", "/opt/cni/bin"]
        for member in packs.filter({ $0.content == .files }).flatMap(\.members) {
            let place = FilePath("/\(member.path)")
            var folder = member.kind == .directory ? place : place.removingLastComponent()
            while folder.lastComponent != nil, folders.insert(folder.string).inserted {
                folder = folder.removingLastComponent()
            }
        }
        var found: [String: String] = [:]
        for folder in folders {
            let place = root.resolve(folder)
            guard try FileSystem.status(place)?.kind == .symlink else { continue }
            found[folder] = try HostChanges.linkTarget(place)
        }
        return found
    }

    /// Whether what a module does is there, loaded or built in.
    func isPresent(_ module: String) -> Bool {
        let effect: String
        switch module {
        case "overlay":
            let types = (try? FileSystem.text(root.resolve("/proc/filesystems"))) ?? ""
            return types.split(separator: "\n").contains { $0.hasSuffix("\toverlay") }
        case "br_netfilter": effect = "/proc/sys/net/bridge/bridge-nf-call-iptables"
        case "nf_conntrack": effect = "/proc/sys/net/netfilter/nf_conntrack_max"
        default: effect = "/sys/module/\(module)"
        }
        return FileSystem.exists(root.resolve(effect))
    }

    func hasTool(_ name: String) -> Bool {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains {
            FileSystem.exists(root.resolve("\($0)/\(name)"))
        }
    }

    private func volume(_ path: String, held: UInt64) throws -> NodeFacts.Volume {
        // The folder may not exist yet: its file system is that of the nearest one above.
        var existing = path
        func inside(_ folder: String) -> FilePath { FilePath(root.resolve(folder).string + "/.") }
        while existing != "/", !FileSystem.exists(inside(existing)) {
            existing = FilePath(existing).removingLastComponent().string
        }
        // What a link names counts, not the link.
        let place = inside(existing)
        let mount = MountTable(root: root).mount(of: existing)
        return NodeFacts.Volume(
            path: path, device: try TreeRemoval.device(of: place), freeBytes: try FileSystem.freeBytes(place),
            isNoExec: mount?.options.contains("noexec") ?? false, type: mount?.type ?? "", heldBytes: held)
    }
}
