import BundleModel
import FoundationEssentials
public import Host
public import SystemPackage

@testable import Containerd

extension ContainerdInstance {
    /// Mounts a committed snapshot in the instance's own namespace, for the time that `work` needs.
    ///
    /// - Parameters:
    ///   - chain: the snapshot's key.
    ///   - work: gets the mounted tree, and the folders of all layers, bottom to top, as they are on disk.
    public func withMounted<Result: Sendable>(
        _ chain: String, _ work: @Sendable @escaping (_ merged: FilePath, _ layers: [FilePath]) throws -> Result
    ) async throws -> Result {
        let pid = pid
        return try await mounting(chain) { target, layers in
            // The namespace's own mounts, seen from here.
            let seen = FilePath("/proc/\(pid)/root\(target)")
            return try await BlockingPool.shared.run { try work(seen, layers) }
        }
    }

    /// Runs a program of an image, with the mounted image as its root.
    public func run(_ arguments: String..., inImageOf chain: String) async throws -> CommandResult {
        let command = ["--mount=/proc/\(pid)/ns/mnt", "--", "chroot"]
        return try await mounting(chain) { target, _ in
            try await SystemProcessRunner().run(Command("nsenter", command + [target.string] + arguments, timeout: 60))
        }
    }

    private func mounting<Result: Sendable>(
        _ chain: String, _ work: (_ target: FilePath, _ layers: [FilePath]) async throws -> Result
    ) async throws -> Result {
        let layers = try await layerFolders(of: chain)
        let target = folder.appending("mounted")
        try FileSystem.makeDirectories(target)
        try await mount(layers, at: target)
        let result: Result
        do {
            result = try await work(target, layers)
        } catch {
            _ = try? await inside("umount", target.string)
            throw error
        }
        _ = try await inside("umount", target.string)
        return result
    }

    /// Bottom to top, from how containerd says that a snapshot on top of it is to be mounted.
    private func layerFolders(of chain: String) async throws -> [FilePath] {
        let chain = try SHA256Digest(chain)
        let key = "look-at-\(UUID().uuidString)"
        let mounts = try await ContainerdClient.connected(to: socket.string) { client in
            // Under a lease, because nothing else refers to it. It changes nothing of what is below.
            try await client.createLease(key, labels: [:])
            let mounts = try await client.leased(key).prepareSnapshot(key, parent: chain, "overlayfs")
            try await client.removeSnapshot(key, "overlayfs")
            try await client.deleteLease(key, collecting: false)
            return mounts
        }
        guard let lower = mounts.first?.options.first(where: { $0.hasPrefix("lowerdir=") }) else {
            throw HostError.failed(command: "Snapshots.Prepare", status: 0, output: "\(mounts)")
        }
        return lower.dropFirst("lowerdir=".count).split(separator: ":").map { FilePath(String($0)) }.reversed()
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
