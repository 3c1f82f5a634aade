import Host
import SystemPackage

/// Running processes by their executables, from /proc.
struct ProcessTable: Sendable {
    struct Process: Hashable, Sendable {
        var id: Int32
        /// Absolute path; without the kernel's mark for an executable that was replaced.
        var executable: String
    }

    let root: HostRoot

    var processes: [Process] {
        let names = (try? FileSystem.list(root.resolve("/proc"))) ?? []
        return names.compactMap { name in
            guard let id = Int32(name),
                var path = try? HostChanges.linkTarget(root.resolve("/proc/\(name)/exe"))
            else { return nil }
            if path.hasSuffix(" (deleted)") { path.removeLast(" (deleted)".count) }
            return Process(id: id, executable: path)
        }
    }

    /// `kubelet` for a process id; nil for one that ended or cannot be seen.
    func name(_ id: Int32) -> String? {
        (try? FileSystem.text(root.resolve("/proc/\(id)/comm"))).flatMap { $0 }.map { String($0.prefix { $0 != "\n" }) }
    }
}
