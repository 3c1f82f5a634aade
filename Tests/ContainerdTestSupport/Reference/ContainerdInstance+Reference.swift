public import Host
import SystemPackage

extension ContainerdInstance {
    /// What containerd's own import makes of an image, or how it refuses it. Nothing may be loaded before; `clear` takes
    /// it away afterwards.
    public func reference(of image: BuiltImage, _ mode: ImportMode = .discarding) async throws -> Reference {
        let result = try await importImage(image, mode)
        guard result.status == 0 else {
            try await collectGarbage()
            return Reference(
                outcome: .refused(result.ending), state: try await state(), merged: nil, layers: [])
        }
        return try await observe(image)
    }

    /// How `ctr images import` is called.
    public enum ImportMode: Sendable {
        /// Under both names, and without layer blobs. Where the client has no discard mode, its layer references are
        /// taken away afterwards, which leads to the same state.
        case discarding
        /// Under both names, and with them.
        case keeping
        /// Under its tag alone; without layer blobs where the client can do that.
        case plain
    }

    @discardableResult
    public func importImage(_ image: BuiltImage, _ mode: ImportMode = .discarding) async throws -> CommandResult {
        var options = ["--snapshotter", "overlayfs"]
        if mode != .plain { options += ["--base-name", image.plan.repository, "--digests"] }
        options += mode == .keeping ? version.locally : version.discarding
        let result = try await ctr(["images", "import"] + options + [image.archive.string])
        if result.status == 0, mode == .discarding, !version.hasDiscardMode {
            try await require("content", "prune", "references")
        }
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
}
