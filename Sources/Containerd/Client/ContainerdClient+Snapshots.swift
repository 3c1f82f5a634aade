import BundleModel
import SwiftProtobuf

typealias SnapshotMount = Containerd_Types_Mount

extension ContainerdClient {
    private static let prepare = CallMethod<
        Containerd_Services_Snapshots_V1_PrepareSnapshotRequest,
        Containerd_Services_Snapshots_V1_PrepareSnapshotResponse
    >("Snapshots", "Prepare")
    // Measures what the snapshot takes on disk: as long as that takes.
    private static let commit = CallMethod<
        Containerd_Services_Snapshots_V1_CommitSnapshotRequest, Google_Protobuf_Empty
    >("Snapshots", "Commit", timeout: nil)
    private static let stat = CallMethod<
        Containerd_Services_Snapshots_V1_StatSnapshotRequest, Containerd_Services_Snapshots_V1_StatSnapshotResponse
    >("Snapshots", "Stat")
    private static let remove = CallMethod<
        Containerd_Services_Snapshots_V1_RemoveSnapshotRequest, Google_Protobuf_Empty
    >("Snapshots", "Remove")
    private static let snapshots = CallMethod<
        Containerd_Services_Snapshots_V1_ListSnapshotsRequest, Containerd_Services_Snapshots_V1_ListSnapshotsResponse
    >("Snapshots", "List")

    /// Makes an active snapshot on top of a committed one.
    ///
    /// - Parameter parent: a chainID, or nil for the bottom.
    /// - Returns: how to mount it.
    func prepareSnapshot(_ key: String, parent: SHA256Digest?, _ snapshotter: String) async throws -> [SnapshotMount] {
        let request = Containerd_Services_Snapshots_V1_PrepareSnapshotRequest.with {
            $0.snapshotter = snapshotter
            $0.key = key
            $0.parent = parent?.description ?? ""
        }
        return try await call(Self.prepare, request, about: key).mounts
    }

    /// - Returns: false where the name is taken: the active snapshot is still there then, and the other one is without
    ///   the labels.
    func commitSnapshot(
        _ key: String, as name: SHA256Digest, labels: [String: String], _ snapshotter: String
    ) async throws -> Bool {
        let request = Containerd_Services_Snapshots_V1_CommitSnapshotRequest.with {
            $0.snapshotter = snapshotter
            $0.name = name.description
            $0.key = key
            $0.labels = labels
        }
        do {
            _ = try await call(Self.commit, request, about: name.description)
            return true
        } catch ContainerdError.refused(_, .alreadyExists, _) {
            return false
        }
    }

    /// Labels of a chain that is there and committed; nil where it is not.
    func snapshotLabels(_ name: SHA256Digest, _ snapshotter: String) async throws -> [String: String]? {
        let request = Containerd_Services_Snapshots_V1_StatSnapshotRequest.with {
            $0.snapshotter = snapshotter
            $0.key = name.description
        }
        let info = try await find(Self.stat, request, about: name.description)?.info
        return info?.kind == .committed ? info?.labels : nil
    }

    /// Whether a chain is there and committed.
    func hasSnapshot(_ name: SHA256Digest, _ snapshotter: String) async throws -> Bool {
        try await snapshotLabels(name, snapshotter) != nil
    }

    func removeSnapshot(_ key: String, _ snapshotter: String) async throws {
        let request = Containerd_Services_Snapshots_V1_RemoveSnapshotRequest.with {
            $0.snapshotter = snapshotter
            $0.key = key
        }
        _ = try await find(Self.remove, request, about: key)
    }

    /// Chains that containers run from: all below what is written to or looked at, but for what a layer is unpacked into.
    func chainsInUse(_ snapshotter: String) async throws -> Set<String> {
        let snapshots = try await list(Self.snapshots, .with { $0.snapshotter = snapshotter }).flatMap(\.info)
        let parents = Dictionary(snapshots.map { ($0.name, $0.parent) }) { first, _ in first }
        var used: Set<String> = []
        for snapshot in snapshots where snapshot.kind != .committed {
            // containerd's own unpacking, and this loader's.
            if snapshot.name.hasPrefix("extract-") || snapshot.name.hasPrefix(LoadLease.prefix) { continue }
            var next: String? = snapshot.parent
            while let name = next, !name.isEmpty, used.insert(name).inserted { next = parents[name] }
        }
        return used
    }

    /// Names of the snapshots that are being written to.
    func activeSnapshots(_ snapshotter: String) async throws -> [String] {
        try await list(Self.snapshots, .with { $0.snapshotter = snapshotter })
            .flatMap(\.info).filter { $0.kind == .active }.map(\.name)
    }
}
