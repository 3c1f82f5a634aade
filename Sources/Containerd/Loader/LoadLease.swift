import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// The lease of one run, and what earlier runs that were killed left behind.
///
/// Everything of ours that is not yet referenced by an image has a name with this prefix or is held by this lease.
struct LoadLease: Sendable {
    static let prefix = "kubeferry-"
    /// After that, what a run left that never came back is garbage.
    private static let lifetime: TimeInterval = 24 * 3600

    let id: String
    /// Counts the attempts of this run: what one of them was cut off in may still be there under its name.
    var attempt = 0

    /// A name for something of this attempt.
    func name(_ rest: String) -> String { "\(id)-\(attempt)-\(rest)" }

    /// Takes a lease that ends by itself.
    static func take(_ client: ContainerdClient) async throws -> LoadLease {
        let lease = LoadLease(id: prefix + String(UInt64.random(in: .min ... .max), radix: 16))
        let end = Date().addingTimeInterval(lifetime).formatted(.iso8601)
        try await client.createLease(lease.id, labels: ["containerd.io/gc.expire": end])
        return lease
    }

    /// Ends this run with all that it holds.
    func giveUp(_ client: ContainerdClient) async throws {
        // containerd 1.6 keeps writes whose lease is gone.
        for write in try await client.openWrites() where write.hasPrefix(id) { try await client.abortWrite(write) }
        try await client.deleteLease(id, collecting: true)
    }

    /// Ends what killed runs left: their leases, their writes, their snapshots. What is to be kept of it has joined this
    /// lease by now.
    func removeLeftovers(
        _ client: ContainerdClient, snapshotter: String, _ folders: StoreFolders
    ) async throws {
        let broken = BrokenWrites(folders.content, socket: FilePath(client.socket))
        try await BlockingPool.shared.run { try broken.remove() }
        for write in try await client.openWrites() where isForeign(write) {
            try await client.abortWrite(write)
        }
        for key in try await client.activeSnapshots(snapshotter) where isForeign(key) {
            try await client.removeSnapshot(key, snapshotter)
        }
        let dead = try await client.leaseIDs().filter(isForeign)
        for lease in dead {
            // Until it is all gone: after a power cut a blob of theirs may be a name without a file, and whoever writes
            // it again is told that it is there.
            try await client.deleteLease(lease, collecting: lease == dead.last)
        }
        // A power cut may keep the folder of a snapshot that is not written down. Once a snapshot was removed, the next
        // collection, which is this run's last act, has the snapshotter look for such folders.
        let key = name("sweep")
        _ = try await client.prepareSnapshot(key, parent: nil, snapshotter)
        try await client.removeSnapshot(key, snapshotter)
    }

    private func isForeign(_ name: String) -> Bool { name.hasPrefix(Self.prefix) && !name.hasPrefix(id) }

    /// Lets containerd collect what nothing refers to, and waits for it: a blob that was deleted takes its space until
    /// then.
    func collectGarbage(_ client: ContainerdClient) async throws {
        let other = name("collect")
        try await client.createLease(other, labels: [:])
        try await client.deleteLease(other, collecting: true)
    }
}
