public import Host
import SystemPackage

extension ContainerdInstance {
    /// What containerd's own import makes of an image in discard mode, or how it refuses it. Nothing may be loaded
    /// before; `clear` takes it away afterwards.
    public func reference(of image: BuiltImage) async throws -> Reference {
        let result = try await importImage(image)
        guard result.status == 0 else {
            try await collectGarbage()
            return Reference(
                outcome: .refused(result.ending), state: try await state(), merged: nil, layers: [])
        }
        return try await observe(image)
    }

    /// `ctr images import` under both names. Where the client has no discard mode, its layer references are taken away
    /// afterwards, which leads to the same state.
    public func importImage(_ image: BuiltImage) async throws -> CommandResult {
        let result = try await ctr(
            ["images", "import", "--snapshotter", "overlayfs", "--base-name", image.plan.repository, "--digests"]
                + version.discarding + [image.archive.string])
        if result.status == 0, version.discarding.isEmpty { try await require("content", "prune", "references") }
        return result
    }

    /// What is there of an image that was loaded since the instance was started or cleared, however that was done.
    public func observe(_ image: BuiltImage) async throws -> Reference {
        try await waitForCRI(config: "\(image.config.digest)")
        try await collectGarbage()
        let state = try await state()
        guard let chain = image.chainIDs.last else {
            return Reference(outcome: .loaded, state: state, merged: nil, layers: [])
        }
        // The file systems' clock is a little behind.
        let since = emptySince - 1
        let (merged, layers) = try await withMounted("\(chain)") { merged, folders in
            (
                try SnapshotListing.read(merged).withoutTimes(since: since),
                try folders.map { try SnapshotListing.read($0).withoutTimes(since: since) }
            )
        }
        return Reference(outcome: .loaded, state: state, merged: merged, layers: layers)
    }

    /// What is there after a loader of ours refused an image.
    public func observe(refusal message: String) async throws -> Reference {
        try await collectGarbage()
        return Reference(outcome: .refused(message), state: try await state(), merged: nil, layers: [])
    }
}
