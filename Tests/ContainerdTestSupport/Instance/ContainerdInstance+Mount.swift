import Host
public import SystemPackage

extension ContainerdInstance {
    /// Mounts a committed snapshot as a view, in the instance's own namespace, for the time that `work` needs.
    ///
    /// - Parameters:
    ///   - chain: the snapshot's key.
    ///   - work: gets the mounted tree, and the folders of all layers, bottom to top, as they are on disk.
    public func withMounted<Result: Sendable>(
        _ chain: String, _ work: @Sendable @escaping (_ merged: FilePath, _ layers: [FilePath]) throws -> Result
    ) async throws -> Result {
        let key = "view-of-\(chain)"
        do {
            let layers = try await layerFolders(of: chain, viewedAs: key)
            let target = folder.appending("mounted")
            try FileSystem.makeDirectories(target)
            try await mount(layers, at: target)
            // The namespace's own mounts, seen from here.
            let seen = FilePath("/proc/\(pid)/root\(target)")
            let result: Result
            do {
                result = try await BlockingPool.shared.run { try work(seen, layers) }
            } catch {
                _ = try? await inside("umount", target.string)
                throw error
            }
            _ = try await inside("umount", target.string)
            _ = try await ctr(["snapshots", "rm", key])
            return result
        } catch {
            _ = try? await ctr(["snapshots", "rm", key])
            throw error
        }
    }

    /// Bottom to top, from what containerd says how to mount it.
    ///
    /// Nothing refers to a view, so a garbage collection that an earlier call set off may take it away before it is
    /// asked for: then again. Its layers are the image's and stay.
    private func layerFolders(of chain: String, viewedAs key: String) async throws -> [FilePath] {
        var line = ""
        for attempt in 1...5 {
            try await require("snapshots", "view", key, chain)
            let result = try await ctr(["snapshots", "mounts", "/", key])
            line = result.standardOutput
            if result.status == 0 { break }
            guard attempt < 5, result.standardError.contains("does not exist") else {
                throw HostError.failed(command: "ctr snapshots mounts", status: result.status, output: result.ending)
            }
        }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 6, let options = words.last else {
            throw HostError.failed(command: "ctr snapshots mounts", status: 0, output: line)
        }
        if words[2] == "bind" { return [FilePath(words[3])] }
        let lower =
            options.split(separator: ",").first { $0.hasPrefix("lowerdir=") }?.dropFirst("lowerdir=".count) ?? ""
        return lower.split(separator: ":").map { FilePath(String($0)) }.reversed()
    }

    private func mount(_ layers: [FilePath], at target: FilePath) async throws {
        guard layers.count > 1, let first = layers.first else {
            _ = try await inside("mount", "--bind", "-o", "ro", layers.first?.string ?? "", target.string)
            return
        }
        // Relative, because the options of many layers would not fit into a page else.
        let place = first.removingLastComponent().removingLastComponent()
        let names = layers.reversed().map { $0.components.suffix(2).map(\.string).joined(separator: "/") }
        _ = try await inside(
            "sh", "-c", "cd \"$1\" && mount -t overlay overlay -o \"index=off,ro,lowerdir=$2\" \"$3\"", "sh",
            place.string, names.joined(separator: ":"), target.string)
    }
}
