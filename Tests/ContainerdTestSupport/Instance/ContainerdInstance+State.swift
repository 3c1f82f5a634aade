import Host
import SystemPackage

@testable import Containerd

extension ContainerdInstance {
    /// Everything that namespace `k8s.io` holds now, and what of it is on the disk.
    public func state() async throws -> ContainerdState {
        var state = try await ContainerdClient.connected(to: socket.string) { client in
            var found = ContainerdState()
            for record in try await client.imageRecords() {
                found.images[record.name] = .init(
                    mediaType: record.target.mediaType, digest: record.target.digest, size: record.target.size,
                    labels: record.labels)
            }
            for blob in try await client.allBlobs() { found.content[blob.digest] = blob.labels }
            for snapshot in try await client.allSnapshots() {
                found.snapshots[snapshot.name] = .init(
                    parent: snapshot.parent, kind: .init(snapshot.kind), labels: snapshot.labels)
            }
            found.leases = try await client.leaseIDs().sorted()
            found.writes = try await client.openWrites().sorted()
            return found
        }
        let root = folder.appending("root")
        let content = root.appending("io.containerd.content.v1.content")
        state.blobFiles = try Self.names(in: content.appending("blobs/sha256"))
        state.openFiles = try Self.names(in: content.appending("ingest"))
        state.snapshotFolders = try Self.names(in: root.appending("io.containerd.snapshotter.v1.overlayfs/snapshots"))
            .count
        return state
    }

    /// Runs containerd's garbage collection to its end, without a change to any label.
    public func collectGarbage() async throws {
        try await ContainerdClient.connected(to: socket.string) { try await $0.collect() }
    }

    /// Removes all images and what only they held, and says what stays nevertheless.
    @discardableResult
    public func clear() async throws -> ContainerdState {
        try await ContainerdClient.connected(to: socket.string) { client in
            // CRI's own handler may make a record again that was removed while it worked.
            for _ in 0..<50 {
                let names = try await client.imageRecords().map(\.name)
                if names.isEmpty { break }
                for name in names { try await client.removeImageRecord(name, collecting: name == names.last) }
            }
        }
        startAnew()
        let left = try await state()
        if left.isEmpty { return left }
        // A refused import may have left something that no image held.
        try await collectGarbage()
        return try await state()
    }

    /// Removes one image under all its names, and what only it held.
    public func remove(_ image: BuiltImage) async throws {
        // Else CRI's own handler would still make the record that is named by the config.
        try await waitForCRI(config: "\(image.config.digest)")
        try await ContainerdClient.connected(to: socket.string) { client in
            for name in image.references + ["\(image.config.digest)"] {
                try await client.removeImageRecord(name, collecting: false)
            }
            try await client.collect()
        }
    }

    /// Waits until CRI has marked every image record and added the one that is named by the config's digest.
    func waitForCRI(config: String) async throws {
        let isReady = try await ContainerdClient.connected(to: socket.string) { client in
            for _ in 0..<1000 {
                let records = try await client.imageRecords()
                let isMarked = records.allSatisfy { $0.labels["io.cri-containerd.image"] == "managed" }
                if isMarked, records.contains(where: { $0.name == config }) { return true }
                try await Task.sleep(for: .milliseconds(10))
            }
            return false
        }
        guard isReady else {
            throw HostError.timedOut(
                command: "\(version): CRI's own marking of \(config)", seconds: 10,
                output: try await require("images", "ls"))
        }
    }

    private static func names(in folder: FilePath) throws -> [String] {
        FileSystem.exists(folder) ? try FileSystem.list(folder).sorted() : []
    }
}

extension ContainerdState.Kind {
    init(_ kind: Containerd_Services_Snapshots_V1_Kind) {
        self =
            switch kind {
            case .committed: .committed
            case .active: .active
            case .view: .view
            default: .unknown
            }
    }
}
