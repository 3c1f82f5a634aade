import Archive
import BundleModel
import Host
import Logging
import SystemPackage

/// The images of the bundle, in containerd, under the names that Kubernetes asks for.
struct ImagesStep: Step {
    let name = "images"
    let boundaries = ["images:mid"]

    func plan(_ target: InstallTarget) async throws -> [String] {
        target.packs(.images).map { pack in
            let prefix = pack.prefix(for: target.options.role)
            return "import \(prefix.members) documents and layers of pack \(pack.name), \(prefix.size) bytes packed"
        } + target.images.map { "image \($0.reference)" }
    }

    /// An image that is asked for by its digest must have it: ctr loads plain layers under another manifest.
    ///
    /// - Throws: `InstallError.pinnedImages`.
    static func requireLoadable(_ target: InstallTarget) throws {
        let pinned = target.images.filter { $0.layers == .unpacked && $0.reference.digest != nil }
        guard pinned.isEmpty else { throw InstallError.pinnedImages(pinned.map(\.reference.description)) }
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        try Self.requireLoadable(target)
        try await discardAfterPowerCut(run)
        let missing = try await self.missing(target)
        guard !missing.isEmpty else { return }
        for pack in target.packs(.images) { try await load(missing, from: pack, run) }
        // Kubernetes' own clean-up leaves pinned images alone, from containerd 1.7.3 on.
        for image in target.images {
            _ = try await target.runner.run(
                ctr(["images", "label", image.reference.description, "io.cri-containerd.pinned=pinned"]))
        }
    }

    private func load(_ images: [LockedImage], from pack: Pack, _ run: InstallRun) async throws {
        let context = run.context
        let content = run.target.content
        let role = run.target.options.role
        let renamed = images.filter { $0.layers == .unpacked }.map(\.reference.description)
        if !renamed.isEmpty {
            context.logger.notice(
                "ctr gives these images another digest than upstream's: \(renamed.joined(separator: ", "))")
        }
        let prefix = pack.prefix(for: role)
        let command = ctr(
            ["images", "import", "-"],
            input: .stream { output in
                let layout = try LayoutStream(ImageCatalog.read(images, from: pack, for: role, in: content))
                let total = pack.members(in: prefix).reduce(0) { $0 + $1.size }
                let sink = HalfwaySink(context: context, boundary: "images:mid", half: total / 2)
                let task = "unpack \(pack.name)"
                var done: UInt64 = 0
                sink.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
                try layout.write(
                    content.reader(pack, prefix), members: pack.members(in: prefix), to: output
                ) { count in
                    done += count
                    sink.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                }
                sink.report(ProgressEvent(kind: .finished, task: task, done: done, total: total))
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
            let kept = run.journal.namesKept(in: ContainerdStep.store)
        else { return }
        run.context.note(name, "the machine went down during an import: loading every image again")
        try await run.context.runner.require(Command("systemctl", ["stop", ContainerdStep.unit], timeout: 120))
        let store = run.target.root.resolve(ContainerdStep.store)
        let problem = try await BlockingPool.shared.run { try TreeRemoval.empty(store, keeping: kept).first }
        if let problem {
            throw InstallError.step(name: name, reason: "cannot empty \(ContainerdStep.store): \(problem)")
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
        let others = target.images.filter { image in
            guard let digest = present.digest(image.reference.description) else { return true }
            return digest != image.digest.description && digest != image.manifest.description
        }
        // Those that are there may have the digest that ctr's own archive gave them, or no layer to unpack.
        let doubtful = others.filter { present.complete[$0.reference.description] != nil }
        guard !doubtful.isEmpty, let pack = target.packs(.images).first else { return others }
        let (role, content) = (target.options.role, target.content)
        let loaded = try await BlockingPool.shared.run {
            let catalog = try ImageCatalog.read(doubtful, from: pack, for: role, in: content)
            return try catalog.images.filter { image in
                let name = image.locked.reference.description
                let known = [
                    image.locked.digest, image.locked.manifest, try image.rewritten(catalog.documents).target.digest,
                ]
                return known.contains { $0.description == present.complete[name] }
                    && (image.layers.isEmpty || present.unpacked.contains(name))
            }.map(\.locked)
        }
        return others.filter { !loaded.contains($0) }
    }

    private func ctr(_ arguments: [String], input: Command.Input = .none, timeout: Int = 120) -> Command {
        Command(NodePaths.binary("ctr"), ["-n", "k8s.io"] + arguments, input: input, timeout: timeout)
    }
}
