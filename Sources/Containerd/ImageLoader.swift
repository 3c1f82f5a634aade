public import BundleModel
import Host
import SwiftProtobuf

/// Loads images from packs straight into containerd: no archive between, and no layer blobs left unless an image keeps
/// them. Index, manifest and config stay as they were published, byte for byte.
///
/// A load may be killed at any point: what it left is held by a lease that ends by itself, and the next load takes over
/// what is complete and removes the rest. One load at a time.
public struct ImageLoader: Sendable {
    let client: ContainerdClient
    let snapshotter: String
    let direct: (any DirectApplier)?

    public init(_ client: ContainerdClient, snapshotter: String = "overlayfs") {
        self.init(client, snapshotter: snapshotter, direct: LayerFiles())
    }

    init(_ client: ContainerdClient, snapshotter: String = "overlayfs", direct: (any DirectApplier)?) {
        self.client = client
        self.snapshotter = snapshotter
        self.direct = direct
    }

    /// Loads those of the images that are not complete, and looks afterwards that all of them are.
    ///
    /// - Parameter packs: that together hold all documents and layers, in the order in which they are to be read.
    /// - Returns: how many images were loaded.
    /// - Throws: `ContainerdError`, `ArchiveError`, `HostError`, `CancellationError`, and what the packs throw.
    public func load(
        _ images: [ImageToLoad], from packs: [any ImagePack], progress: any ProgressSink = SilentProgress()
    ) async throws -> LoadSummary {
        let incomplete = try await missing(images).map(\.image)
        guard !incomplete.isEmpty else {
            try await removeLeftovers()
            return LoadSummary()
        }
        let folders = try await folders()
        return try await PackFeed.reading(packs, plansOf: incomplete, snapshotter: snapshotter) { feed in
            try await load(try await feed.plans(), feed, packs, folders, progress)
        }
    }

    private func load(
        _ plans: [ImagePlan], _ feed: PackFeed, _ packs: [any ImagePack], _ folders: StoreFolders,
        _ progress: any ProgressSink
    ) async throws -> LoadSummary {
        let lease = try await LoadLease.take(client)
        var summary: LoadSummary
        do {
            summary = try await load(plans, feed, packs, folders, lease, progress)
        } catch {
            // Nothing refers to what was made so far: it goes with the lease. Not where the task was cancelled: the
            // next load can use it, and the connection ends anyway.
            if !Task.isCancelled {
                _ = await Task { try? await lease.giveUp(client) }.value
            }
            throw error
        }
        // With what nothing refers to any more: the blobs of the layers.
        try await client.deleteLease(lease.id, collecting: true)
        let problems = try await plans.concurrently { try await self.problems($0) }.flatMap(\.self)
        guard problems.isEmpty else { throw ContainerdError.incomplete(problems) }
        summary.images = plans.count
        return summary
    }

    /// What a load left that was killed once its images were complete.
    private func removeLeftovers() async throws {
        guard try await client.leaseIDs().contains(where: { $0.hasPrefix(LoadLease.prefix) }) else { return }
        let lease = try await LoadLease.take(client)
        try await lease.removeLeftovers(client, snapshotter: snapshotter, try await folders())
        try await client.deleteLease(lease.id, collecting: true)
    }

    private func load(
        _ plans: [ImagePlan], _ feed: PackFeed, _ packs: [any ImagePack], _ folders: StoreFolders,
        _ lease: LoadLease, _ sink: any ProgressSink
    ) async throws -> LoadSummary {
        let client = client.leased(lease.id)
        let summary = try await makeSnapshots(plans, feed, packs, folders, client, lease, sink)
        // A record makes all this believed in: it must be on the disk by then.
        let folder = folders.content
        try await BlockingPool.shared.run { try FileSystem.syncFileSystem(holding: folder) }
        for plan in plans {
            for name in plan.image.names { try await client.setImageRecord(plan.record(name)) }
        }
        return summary
    }

    /// Snapshots and documents; once more for each layer that turned out to need containerd.
    private func makeSnapshots(
        _ plans: [ImagePlan], _ feed: PackFeed, _ packs: [any ImagePack], _ folders: StoreFolders,
        _ client: ContainerdClient, _ lease: LoadLease, _ sink: any ProgressSink
    ) async throws -> LoadSummary {
        var attempt = LoadAttempt(
            plans: plans, members: packs.flatMap(\.members), folders: folders, snapshotter: snapshotter, client: client,
            lease: lease, direct: direct.map { RestrictedApplier(applier: $0) })
        do {
            return try await attempt.run(feed, sink)
        } catch let error as LayerNeedsContainerd {
            attempt.leave(error, sink)
        }
        while true {
            do {
                return try await PackFeed.reading(packs) { try await attempt.run($0, sink) }
            } catch let error as LayerNeedsContainerd {
                attempt.leave(error, sink)
            }
        }
    }

    func folders() async throws -> StoreFolders {
        guard let folders = StoreFolders(try await client.plugins(), snapshotter: snapshotter) else {
            throw ContainerdError.hiddenFolder(snapshotter: snapshotter)
        }
        return folders
    }
}

extension ImagePlan {
    func record(_ name: String) -> ImageRecord {
        .with {
            $0.name = name
            $0.labels = ImagePlan.pinned
            $0.target = target.message
        }
    }
}
