import Host
import SystemPackage

/// systemd units and kernel settings.
extension HostChanges {
    /// Makes a unit start at boot and run now, as its files say.
    ///
    /// - Parameter changed: whether what it runs by was written anew; then a running one is restarted.
    func run(_ unit: String, changed: Bool) async throws {
        try await enable(unit)
        let isActive = try await isActive(unit)
        if changed || !isActive { try await start(unit, restart: isActive) }
    }

    /// Makes a unit start at boot, and has systemd read what was written for it.
    func enable(_ unit: String) async throws {
        try makeDirectory(NodePaths.wantedUnits)
        let state = try await context.runner.run(Command("systemctl", ["is-enabled", unit]))
        if !state.standardOutput.hasPrefix("enabled") {
            try journal.append(.unitEnabled(unit: unit))
            // One reload is for both; `enable` alone would do another one.
            try await context.runner.require(Command("systemctl", ["enable", "--no-reload", unit]))
        }
        try await context.runner.require(Command("systemctl", ["daemon-reload"]))
    }

    /// Starts a unit; a running one with another configuration is restarted.
    func start(_ unit: String, restart: Bool = false) async throws {
        try journal.append(.serviceStarted(unit: unit))
        let verb = restart ? "restart" : "start"
        try await context.runner.require(Command("systemctl", [verb, unit], timeout: 120))
    }

    func isActive(_ unit: String) async throws -> Bool {
        try await context.runner.run(Command("systemctl", ["is-active", "--quiet", unit])).status == 0
    }

    /// `net.ipv4.ip_forward` as the file /proc/sys/net/ipv4/ip_forward.
    static func sysctlPath(_ key: String) -> String {
        "/proc/sys/" + String(key.map { $0 == "." ? "/" : $0 })
    }

    func sysctlValue(_ key: String) throws -> String? {
        try FileSystem.text(root.resolve(Self.sysctlPath(key))).map {
            String($0.split(separator: "\n").first ?? "")
        }
    }

    /// Sets a kernel setting now, what it was kept in the journal.
    func setSysctl(_ key: String, to value: String) throws {
        guard let before = try sysctlValue(key) else {
            throw HostError.system("set \(key), which this kernel lacks", path: Self.sysctlPath(key), errno: 2)
        }
        if before == value { return }
        try journal.append(.sysctl(key: key, before: before, after: value))
        try Self.writeSysctl(key, value, root: root)
    }

    static func writeSysctl(_ key: String, _ value: String, root: HostRoot) throws {
        let path = root.resolve(sysctlPath(key))
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: [.truncate, .closeOnExec])
            try file.closeAfter { _ = try file.writeAll(Array("\(value)\n".utf8)) }
        } catch let error as Errno {
            throw HostError.system("set \(key) to \(value)", path: path.string, errno: error.rawValue)
        }
    }
}
