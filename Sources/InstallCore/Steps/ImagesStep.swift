import Archive
import BundleModel
import Host
import SystemPackage

/// The images of the bundle, in containerd, under the names that Kubernetes asks for.
struct ImagesStep: Step {
    let name = "images"
    let boundaries = ["images:mid"]

    func plan(_ target: InstallTarget) async throws -> [String] {
        target.packs(.images).map { "import \($0.members.count) blobs of pack \($0.name), \($0.size) bytes packed" }
            + target.images.map { "image \($0.reference)" }
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        try await discardAfterPowerCut(run)
        let missing = try await self.missing(target)
        guard !missing.isEmpty else { return }
        for pack in target.packs(.images) where missing.contains(where: { pack.holds($0) }) {
            try await load(pack, run)
        }
        // Kubernetes' own clean-up leaves pinned images alone, from containerd 1.7.3 on.
        for image in target.images {
            _ = try await target.runner.run(
                ctr(["images", "label", image.reference.description, "io.cri-containerd.pinned=pinned"]))
        }
    }

    private func load(_ pack: Pack, _ run: InstallRun) async throws {
        let context = run.context
        let content = run.target.content
        let command = ctr(
            ["images", "import", "-"],
            input: .stream { output in
                let sink = HalfwaySink(context: context, boundary: "images:mid", half: pack.uncompressedSize / 2)
                let reader = try content.reader(pack)
                try reader.copyTar(to: output, progress: sink, total: pack.uncompressedSize)
            }, timeout: 3600)
        try await context.runner.require(command)
    }

    /// After a power cut in the middle of an import, layers may be there by name and empty inside, and a second
    /// import believes them. Nothing runs from them yet: they all go.
    private func discardAfterPowerCut(_ run: InstallRun) async throws {
        let state = run.state
        let boots = run.journal.entries.reduce(into: (current: "", began: [String]())) { found, entry in
            if case .runStarted(let run) = entry.record { found.current = run.bootID }
            if case .stepStarted(self.name) = entry.record { found.began.append(found.current) }
            if case .stepDone(self.name) = entry.record { found.began.removeAll() }
        }
        guard boots.began.contains(where: { $0 != boots.current }), state.kubeadmFinished == nil,
            state.claimed.contains("/var/lib/containerd")
        else { return }
        run.context.note(name, "the machine went down during an import: loading every image again")
        try await run.context.runner.require(Command("systemctl", ["stop", ContainerdStep.unit], timeout: 120))
        let store = run.target.root.resolve("/var/lib/containerd")
        try await BlockingPool.shared.run {
            var tree = TreeRemoval(device: try TreeRemoval.device(of: store))
            for entry in try FileSystem.list(store) { tree.remove(store.appending(entry)) }
        }
        try await run.changes.start(ContainerdStep.unit)
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let missing = try await self.missing(target)
        return missing.isEmpty
            ? nil : "images are missing: " + missing.map(\.reference.description).joined(separator: ", ")
    }

    /// Images of the lock that containerd does not have, complete and unpacked, with their digest.
    func missing(_ target: InstallTarget) async throws -> [LockedImage] {
        let result = try await target.runner.run(ctr(["images", "check"]))
        guard result.status == 0 else { return target.images }
        let present = ImageTable(result.standardOutput)
        return target.images.filter { image in
            guard let digest = present.digests[image.reference.description] else { return true }
            return digest != image.digest.description && digest != image.manifest.description
        }
    }

    private func ctr(_ arguments: [String], input: Command.Input = .none, timeout: Int = 120) -> Command {
        Command(NodePaths.binary("ctr"), ["-n", "k8s.io"] + arguments, input: input, timeout: timeout)
    }
}

extension Pack {
    /// Whether an image's manifest is in this pack's image layout.
    fileprivate func holds(_ image: LockedImage) -> Bool {
        members.contains { $0.path == "blobs/sha256/\(image.manifest.hex)" }
    }
}
