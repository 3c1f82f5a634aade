import Archive
import BundleModel
import Containerd
import Host
import Logging
import Payload
import SystemPackage

/// `ctr images import` of a layout that is made while the pack is read.
///
/// containerd syncs what it says of an import, but not what it unpacks: a machine that goes down meanwhile, or soon after,
/// comes up with layers that are there by name and empty inside. So a mark stands in containerd while that may be, and
/// every route heeds it.
struct CtrRoute: ImageRoute {
    let place: ContainerdPlace
    let runner: any ProcessRunner
    let logger: Logger

    /// An image that is asked for by its digest must have it: ctr loads plain layers under another manifest.
    ///
    /// - Throws: `InstallError.pinnedImages`.
    static func requireLoadable(_ images: [LockedImage]) throws {
        let pinned = images.filter { $0.layers == .unpacked && $0.reference.digest != nil }
        guard pinned.isEmpty else { throw InstallError.pinnedImages(pinned.map(\.reference.description)) }
    }

    func load(_ images: [LockedImage], of bundle: BundleImages, _ progress: any ProgressSink) async throws {
        try Self.requireLoadable(bundle.images)
        guard images.isEmpty || bundle.packs.allSatisfy({ $0.omitted == nil }) else {
            throw InstallError.step(
                name: ImagesStep().name, reason: "ctr loads whole images only, not those of a delta")
        }
        let renamed = images.filter { $0.layers == .unpacked }.map(\.reference.description)
        if !renamed.isEmpty {
            logger.notice("ctr gives these images another digest than upstream's: \(renamed.joined(separator: ", "))")
        }
        if !images.isEmpty {
            try await forgetDoubtful(of: bundle)
            let lock = try await place.lock()
            defer { withExtendedLifetime(lock) {} }
            try await mark.set()
            for pack in bundle.packs { try await load(images, from: pack, of: bundle, progress) }
            try await mark.clear()
        }
        // Kubernetes' own clean-up leaves pinned images alone, from containerd 1.7.3 on.
        let claims = bundle.claims
        let names = bundle.images.flatMap { LayoutStream.names(of: $0, claims) }
        for name in names {
            _ = try await runner.run(ctr(["images", "label", name, "io.cri-containerd.pinned=pinned"]))
        }
        try await place.connected { try await ImageLoader($0).awaitKubernetes(names: names) }
    }

    private func load(
        _ images: [LockedImage], from pack: Pack, of bundle: BundleImages, _ progress: any ProgressSink
    ) async throws {
        let (content, role, claims) = (bundle.content, bundle.role, bundle.claims)
        let prefix = pack.prefix(for: role)
        let command = ctr(
            ["images", "import", "-"],
            input: .stream { output in
                let layout = try LayoutStream(
                    ImageCatalog.read(images, from: pack, for: role, in: content), claims)
                let total = pack.members(in: prefix).reduce(0) { $0 + $1.size }
                let task = "unpack \(pack.name)"
                var done: UInt64 = 0
                progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
                try layout.write(
                    content.reader(pack, prefix), members: pack.members(in: prefix), to: output
                ) { count in
                    done += count
                    progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                }
                progress.report(ProgressEvent(kind: .finished, task: task, done: done, total: total))
            }, timeout: 3600)
        try await runner.require(command)
    }

    func missing(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage] {
        if try await mark.isOfAnotherBoot() { return images }
        let result = try await runner.run(ctr(["images", "check"]))
        guard result.status == 0 else { return images }
        let present = ImageTable(result.standardOutput)
        let claims = bundle.claims
        let others = images.filter { image in
            let published = [image.digest.description, image.manifest.description]
            return !LayoutStream.names(of: image, claims).allSatisfy { name in
                present.digest(name).map { published.contains($0) } ?? false
            }
        }
        // Those that are there may have the digest that ctr's own archive gave them, or no layer to unpack.
        let doubtful = others.filter { image in
            LayoutStream.names(of: image, claims).allSatisfy { present.complete[$0] != nil }
        }
        guard !doubtful.isEmpty, let pack = bundle.packs.first else { return others }
        let (role, content) = (bundle.role, bundle.content)
        let loaded = try await BlockingPool.shared.run {
            let catalog = try ImageCatalog.read(doubtful, from: pack, for: role, in: content)
            return try catalog.images.filter { image in
                let known = [
                    image.locked.digest, image.locked.manifest, try image.rewritten(catalog.documents).target.digest,
                ]
                return LayoutStream.names(of: image.locked, claims).allSatisfy { name in
                    known.contains { $0.description == present.complete[name] }
                        && (image.layers.isEmpty || present.unpacked.contains(name))
                }
            }.map(\.locked)
        }
        return others.filter { !loaded.contains($0) }
    }

    private func ctr(_ arguments: [String], input: Command.Input = .none, timeout: Int = 120) -> Command {
        Command(
            NodePaths.binary("ctr"), place.ctrAddress + ["-n", place.namespace] + arguments, input: input,
            timeout: timeout)
    }
}
