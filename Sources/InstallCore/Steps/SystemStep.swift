import Host

/// Swap, kernel modules, kernel settings, the node's own name.
struct SystemStep: Step {
    let name = "system"
    static let modulesFile = "/etc/modules-load.d/kubeferry.conf"
    static let sysctlFile = "/etc/sysctl.d/90-kubeferry.conf"
    static let fstabMark = "# node-install: "
    static let hostsMark = "# node-install"

    private static let modules = "# Written by node-install.\n" + NodeFacts.neededModules.map { "\($0)\n" }.joined()

    func plan(_ target: InstallTarget) async throws -> [String] {
        var lines = swapDevices(target).map { "turn off swap on \($0)" }
        lines += swapLines(target).map { "comment out in /etc/fstab: \($0)" }
        lines.append("write \(Self.modulesFile): \(NodeFacts.neededModules.joined(separator: ", "))")
        for setting in KernelSetting.all {
            if let now = try? value(setting.key, target), let value = setting.needed(current: now) {
                lines.append("set \(setting.key) from \(now) to \(value), and in \(Self.sysctlFile)")
            }
        }
        if let line = hostsLine(target) { lines.append("add to /etc/hosts: \(line)") }
        return lines
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        try await turnOffSwap(run)
        try run.changes.write(Self.modules, to: Self.modulesFile)
        for module in NodeFacts.neededModules where !FactGatherer(context: run.context).isPresent(module) {
            try run.journal.append(.moduleLoaded(name: module))
            try await run.context.runner.require(Command("modprobe", [module]))
        }
        var values: [(key: String, value: String)] = []
        for setting in KernelSetting.all {
            guard let now = try run.changes.sysctlValue(setting.key) else {
                if setting.isRequired { try run.changes.setSysctl(setting.key, to: "1") }
                continue
            }
            if let value = setting.needed(current: now) {
                values.append((setting.key, value))
            } else if setting.isRequired {
                // What is already right now may come from a place that the next boot does not see.
                values.append((setting.key, "1"))
            }
        }
        // The file first: once the values are set, another run could not tell which ones it had to name.
        if !FileSystem.exists(target.root.resolve(Self.sysctlFile)) {
            try run.changes.write(KernelSetting.file(values.sorted { $0.key < $1.key }), to: Self.sysctlFile)
        }
        for (key, value) in values {
            do {
                try run.changes.setSysctl(key, to: value)
            } catch let error as HostError
                where !error.isOfJournal && !KernelSetting.all.contains(where: { $0.key == key && $0.isRequired })
            {
                run.context.note(name, "\(key) is not set to \(value): \(error)")
            }
        }
        if let line = hostsLine(target) { try run.changes.addLine(line, to: "/etc/hosts") }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        if !swapDevices(target).isEmpty { return "swap is on" }
        if let line = swapLines(target).first { return "/etc/fstab turns swap on: \(line)" }
        if try !target.has(Self.modules, at: Self.modulesFile) { return "\(Self.modulesFile) is not as written" }
        if !FileSystem.exists(target.root.resolve(Self.sysctlFile)) { return "\(Self.sysctlFile) is missing" }
        for setting in KernelSetting.all where setting.isRequired {
            guard let now = try value(setting.key, target), setting.needed(current: now) == nil else {
                return "\(setting.key) is not set"
            }
        }
        return hostsLine(target).map { "/etc/hosts lacks '\($0)'" }
    }

    private func value(_ key: String, _ target: InstallTarget) throws -> String? {
        try FileSystem.text(target.root.resolve(HostChanges.sysctlPath(key))).map {
            String($0.split(separator: "\n").first ?? "")
        }
    }

    private func swapDevices(_ target: InstallTarget) -> [String] {
        let content = (try? FileSystem.text(target.root.resolve("/proc/swaps"))) ?? ""
        return content.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    private func swapLines(_ target: InstallTarget) -> [String] {
        let content = (try? FileSystem.text(target.root.resolve("/etc/fstab"))) ?? ""
        return content.split(separator: "\n").map(String.init).filter(Self.isSwapLine)
    }

    static func isSwapLine(_ line: String) -> Bool {
        let fields = line.split { $0 == " " || $0 == "\t" }
        return fields.count >= 3 && !fields[0].hasPrefix("#") && fields[2] == "swap"
    }

    private func turnOffSwap(_ run: InstallRun) async throws {
        try run.changes.replaceLines(in: "/etc/fstab") { Self.isSwapLine($0) ? Self.fstabMark + $0 : nil }
        let devices = swapDevices(run.target)
        guard !devices.isEmpty else { return }
        // Units that make swap without fstab, such as zram, come back at boot unless they are masked.
        let units = try await run.context.runner.run(
            Command("systemctl", ["list-units", "--type=swap", "--plain", "--no-legend"]))
        for line in units.standardOutput.split(separator: "\n") {
            guard let unit = line.split(separator: " ").first else { continue }
            try run.changes.symlink("\(NodePaths.units)/\(unit)", to: "/dev/null")
        }
        try run.journal.append(.swapOff(devices: devices))
        for device in devices { try await run.context.runner.require(Command("swapoff", [device], timeout: 600)) }
    }

    /// The line for the node's own name, or nil where /etc/hosts has the name already.
    private func hostsLine(_ target: InstallTarget) -> String? {
        let content = (try? FileSystem.text(target.root.resolve("/etc/hosts"))) ?? ""
        let names = content.split(separator: "\n").flatMap { line in
            line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst()
        }
        if names.contains(where: { $0 == target.node.nodeName }) { return nil }
        return "\(target.node.nodeIP) \(target.node.nodeName) \(Self.hostsMark)"
    }
}

extension HostError {
    /// Nothing may be changed after a record that could not be written.
    fileprivate var isOfJournal: Bool {
        guard case .system(_, NodePaths.journal, _) = self else { return false }
        return true
    }
}
