import BundleModel
import Containerd
import Host
import Logging
import SystemPackage

/// The images of the bundle, in containerd, under the names that Kubernetes asks for.
struct ImagesStep: Step {
    let name = "images"
    let boundaries = ["images:mid"]

    func plan(_ target: InstallTarget) async throws -> [String] {
        let bundle = target.bundleImages
        let way = target.imageLoader == .ctr ? "by ctr" : "through containerd's API"
        return bundle.packs.flatMap { pack -> [String] in
            let prefix = pack.prefix(for: target.options.role)
            let load =
                "load \(prefix.members) documents and layers of pack \(pack.name) \(way), \(prefix.size) bytes packed"
            return [load] + (pack.omitted.map { ["keep up to \($0.count) layers, which are the base's"] } ?? [])
        } + bundle.images.map { "image \($0.reference)" }
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        defer { target.content.keep(nil) }
        let bundle = target.bundleImages
        let wentDown = Self.wentDownHalfway(run.journal.entries)
        var isEmpty = true
        if wentDown { isEmpty = try await emptyStore(run) }
        let way = try await chooser(target).choose()
        if let reason = way.reason {
            run.context.note(name, "warning: ctr loads the images, which takes longer: \(reason)")
        }
        // What the store had before this installation is still in it.
        if !isEmpty { try await way.route.forget(bundle.images, of: bundle) }
        // The step begins anew, and what it loads from here on counts in this boot.
        if wentDown { try run.journal.append(.stepStarted(step: name)) }
        let missing = try await way.route.missing(bundle.images, of: bundle)
        try await way.route.load(missing, of: bundle, HalfwaySink(context: run.context, boundary: "images:mid"))
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let missing: [LockedImage]
        do {
            missing = try await self.missing(target)
        } catch let error as ContainerdError {
            guard case .unreachable = error else { throw error }
            return error.message
        }
        return missing.isEmpty
            ? nil : "images are missing: " + missing.map(\.reference.description).joined(separator: ", ")
    }

    /// Images of the lock that containerd does not have whole.
    func missing(_ target: InstallTarget) async throws -> [LockedImage] {
        let bundle = target.bundleImages
        return try await chooser(target).choose().route.missing(bundle.images, of: bundle)
    }

    func chooser(_ target: InstallTarget) -> ImageRouteChooser {
        var place = ContainerdPlace()
        place.root = target.root
        return ImageRouteChooser(
            choice: target.imageLoader, place: place, runner: target.runner, logger: target.context.logger,
            otherSnapshotter: ContainerdStep.settings(target).otherSnapshotter)
    }

    /// Whether the machine went down in the middle of an import: then layers may be there by name and empty inside, and
    /// whoever asks containerd believes them. Nothing runs from them yet.
    ///
    /// Where the step began twice in one run, the store was emptied in between: docs/decisions/0023 says why.
    ///
    /// - Parameter bootID: of a run that the journal does not have yet; nil for the last one that it has.
    static func wentDownHalfway(_ entries: [JournalEntry], now bootID: String? = nil) -> Bool {
        let name = ImagesStep().name
        var (boot, began, isOfThisRun) = ("", Set<String>(), false)
        for entry in entries {
            switch entry.record {
            case .runStarted(let run): (boot, isOfThisRun) = (run.bootID, false)
            case .stepStarted(name):
                if isOfThisRun { began.removeAll() }
                began.insert(boot)
                isOfThisRun = true
            case .stepDone(name): began.removeAll()
            default: break
            }
        }
        let current = bootID ?? boot
        return began.contains { $0 != current } && JournalState(entries).kubeadmFinished == nil
    }

    /// - Returns: whether nothing is left in it: what was there before stays.
    func emptyStore(_ run: InstallRun) async throws -> Bool {
        let claims = run.journal.claims(in: ContainerdStep.store)
        guard !claims.isEmpty else { return false }
        run.context.note(name, "the machine went down during an import: loading every image again")
        try await run.context.runner.require(Command("systemctl", ["stop", ContainerdStep.unit], timeout: 120))
        let root = run.target.root
        let problem = try await BlockingPool.shared.run {
            try claims.flatMap { try TreeRemoval.empty(root.resolve($0.path), keeping: $0.kept) }.first
        }
        if let problem {
            throw InstallError.step(name: name, reason: "cannot empty \(ContainerdStep.store): \(problem)")
        }
        try await run.changes.start(ContainerdStep.unit)
        return claims.allSatisfy { $0.kept.isEmpty }
    }
}
