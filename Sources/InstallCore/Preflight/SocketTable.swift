import Host

/// Listening TCP ports and who listens, from /proc.
struct SocketTable: Sendable {
    let root: HostRoot

    var listeners: [NodeFacts.Listener] {
        var ports: [String: Int] = [:]
        for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let content = (try? FileSystem.text(root.resolve(file))) ?? ""
            for line in content.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                // 0A is LISTEN; the tenth field is the socket's inode.
                guard fields.count > 9, fields[3] == "0A", let port = fields[1].split(separator: ":").last,
                    let number = Int(port, radix: 16)
                else { continue }
                ports[String(fields[9])] = number
            }
        }
        guard !ports.isEmpty else { return [] }
        let owners = self.owners(of: Set(ports.keys))
        return Set(ports.map { NodeFacts.Listener(port: $0.value, process: owners[$0.key]) })
            .sorted { $0.port < $1.port }
    }

    private func owners(of inodes: Set<String>) -> [String: String] {
        let table = ProcessTable(root: root)
        var found: [String: String] = [:]
        for name in (try? FileSystem.list(root.resolve("/proc"))) ?? [] {
            guard let id = Int32(name) else { continue }
            for descriptor in (try? FileSystem.list(root.resolve("/proc/\(name)/fd"))) ?? [] {
                guard let target = try? HostChanges.linkTarget(root.resolve("/proc/\(name)/fd/\(descriptor)")),
                    target.hasPrefix("socket:[")
                else { continue }
                let inode = String(target.dropFirst("socket:[".count).dropLast())
                if inodes.contains(inode) { found[inode] = table.name(id) }
            }
        }
        return found
    }
}
