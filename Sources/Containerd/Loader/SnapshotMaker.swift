import BundleModel

/// Makes one committed snapshot from a layer.
struct SnapshotMaker: Sendable {
    let client: ContainerdClient
    let applier: any LayerApplier
    let lease: LoadLease
    let snapshotter: String
    let gate: SyncGate

    /// Unpacks a blob that is there.
    ///
    /// - Throws: `ContainerdError.wrongLayer` and those of the calls. The snapshot that was begun goes then.
    func make(_ step: LoadPlan.Step, on mounts: [SnapshotMount]) async throws {
        try await fill(step, on: mounts) { mounts in
            let applied = try await applier.unpack(step.blob, onto: mounts)
            // Now, since a later run finds the snapshot made and does not see any more what the blob unpacks to.
            if step.isKept, applied == step.diffID.description {
                try await client.setLabels(DocumentWriter.unpacked(to: step.diffID), ofBlob: step.blob.digest)
            }
            return applied
        }
        try await finish(step)
    }

    /// Makes an active snapshot, once the one below is committed.
    ///
    /// - Returns: where to fill it.
    func prepare(_ step: LoadPlan.Step) async throws -> [SnapshotMount] {
        try await client.prepareSnapshot(key(step), parent: step.parent, snapshotter)
    }

    /// - Parameter fill: gets the mounts; returns the digest of the uncompressed tar.
    func fill(
        _ step: LoadPlan.Step, on mounts: [SnapshotMount], _ fill: ([SnapshotMount]) async throws -> String
    ) async throws {
        try await orRemove(step) {
            let applied = try await fill(mounts)
            guard applied == step.diffID.description else {
                throw ContainerdError.wrongLayer(expected: step.diffID, actual: applied)
            }
        }
    }

    /// Syncs and commits what was filled.
    func finish(_ step: LoadPlan.Step) async throws {
        let key = key(step)
        try await orRemove(step) {
            // A commit is synced at once, the files below it are not: after a power cut they would be empty, and every
            // later import would believe them.
            try await gate.sync()
            let labels = ImageLoader.verified(step.diffID)
            if try await client.commitSnapshot(key, as: step.chain, labels: labels, snapshotter) { return }
            // Somebody else made it meanwhile.
            try await client.removeSnapshot(key, snapshotter)
            try await client.addSnapshot(step.chain, snapshotter, toLease: lease.id)
        }
    }

    private func key(_ step: LoadPlan.Step) -> String { lease.name(step.chain.hex) }

    private func orRemove(_ step: LoadPlan.Step, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch {
            let key = key(step)
            // Also where this task was cancelled, which would refuse every call.
            _ = await Task { try? await client.removeSnapshot(key, snapshotter) }.value
            throw error
        }
    }
}
