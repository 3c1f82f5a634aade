import Host

extension JournalUndo {
    func disable(_ unit: String) async -> Outcome {
        do {
            let state = try await context.runner.run(Command("systemctl", ["is-enabled", unit]))
            guard state.standardOutput.hasPrefix("enabled") else { return .done }
            try await context.runner.require(Command("systemctl", ["disable", "--now", unit], timeout: 120))
            return .done
        } catch {
            return .left(LeftOver(what: unit, reason: "it stays enabled: \(error)"))
        }
    }

    func restoreSysctl(_ key: String, before: String, after: String) -> Outcome {
        let path = root.resolve(HostChanges.sysctlPath(key))
        guard let text = try? FileSystem.text(path) else { return .done }
        let now = String(text.split(separator: "\n").first ?? "")
        if now == before { return .done }
        guard now == after else {
            return .listed(LeftOver(what: key, reason: "is \(now), was set to \(after) and before to \(before)"))
        }
        do {
            try HostChanges.writeSysctl(key, before, root: root)
            return .done
        } catch {
            return .listed(LeftOver(what: key, reason: "stays \(now): \(error)"))
        }
    }

    func swapOn(_ devices: [String]) async -> Outcome {
        for device in devices {
            let active = (try? FileSystem.text(root.resolve("/proc/swaps"))) ?? ""
            if active.split(separator: "\n").contains(where: { $0.split(separator: " ").first == device[...] }) {
                continue
            }
            do {
                try await context.runner.require(Command("swapon", [device]))
            } catch {
                return .listed(LeftOver(what: "swap \(device)", reason: "not turned on again: \(error)"))
            }
        }
        return .done
    }

    /// Removes a package that this installation added, once nothing else needs it. dpkg knows the order; we do not.
    func purge(_ name: String, version: String) async -> Outcome {
        do {
            let query = Command("dpkg-query", ["-W", "-f", "${Status} ${Version}", name])
            let installed = try await context.runner.run(query).standardOutput
            guard installed == "install ok installed \(version)" else { return .done }
            let trial = try await context.runner.run(Command("dpkg", ["--simulate", "--purge", name]))
            guard trial.status == 0 else {
                return .later(LeftOver(what: "package \(name)", reason: "other packages need it by now"))
            }
            try await context.runner.require(Command("dpkg", ["--purge", name], timeout: 300))
            return .done
        } catch {
            return .left(LeftOver(what: name, reason: "the package stays: \(error)"))
        }
    }
}
