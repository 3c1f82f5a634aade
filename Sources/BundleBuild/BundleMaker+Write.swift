import Archive
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

extension BundleMaker {
    /// Packs, indexes, signs and writes.
    ///
    /// - Returns: the index as it was signed, the files, and what is to be said about the images.
    func write(
        _ content: GatheredContent, frame: Frame, options: MakeOptions, workspace: Workspace
    ) async throws -> (index: BundleIndex, files: SealedFiles, notes: [String]) {
        try NewFiles.requireSpace(
            content.neededSpace(head: options.head?.head.size ?? 0), in: workspace.path, for: options.output)
        let images = try await check(content.images)
        try Completeness(mentions: content.mentions, release: content.release).prove(images)
        let staging = try workspace.folder("staging")
        let packFolder = try workspace.folder("packs")
        let writer = PackSetWriter(
            folder: packFolder, compression: options.compression, threads: options.threads,
            modificationTime: frame.createdAt, progress: progress)

        let node = NodeFiles(staging: staging)
        let artifacts = content.artifacts
        progress.report(ProgressEvent(kind: .started, task: "unpack artifacts"))
        let unpacked = try await BlockingPool.shared.run {
            try artifacts.flatMap { try node.members(of: $0.definition, artifact: $0.file) }
        }
        let files =
            unpacked
            + content.rendered.map { PackSource.file(path: $0.entry.path, mode: 0o644, source: $0.file.path) }
        progress.report(ProgressEvent(kind: .finished, task: "unpack artifacts"))

        let lock = Self.lock(of: content, options)
        let sbom = try Self.sbom(of: content, lock: lock, frame: frame)
        let delta = options.base.map { DeltaCut(base: $0, images: ImageHoldings(images)) }
        let programs = try await Self.cut(PackSetWriter.Request("node", .files, of: files + [sbom]), delta)
        let layers = try await Self.cut(
            PackSetWriter.Request(ImagePack.name, .images, parts: ImagePack.parts(of: images)), delta)
        var packs: [(pack: Pack, file: FilePath)] = []
        if images.isEmpty {
            packs += try await writer.write(programs)
        } else if options.compression.sharesStream {
            packs += try await writer.writeStream([programs, layers])
        } else {
            packs += try await writer.write(programs)
            packs += try await writer.write(layers)
        }
        for osRelease in frame.osReleases {
            let packages = content.packages.filter { $0.osRelease == osRelease }.map(\.package)
            let members = try await BlockingPool.shared.run {
                try PackageList.members(of: packages, osRelease: osRelease, architecture: frame.architecture)
            }
            let selector = Pack.Selector(osReleases: [osRelease])
            packs += try await writer.write(
                Self.cut(
                    PackSetWriter.Request("packages-\(osRelease)", .packages, selector: selector, of: members), delta))
        }

        let index = BundleIndex(
            productLine: frame.productLine, sequence: frame.sequence,
            createdAt: SourceDate.text(frame.createdAt),
            releaseID: SHA256Hasher.hash(Array(try CanonicalJSON.encode(content.release))),
            architecture: frame.architecture, release: content.release, head: options.head?.head,
            lock: lock, packs: packs.map(\.pack), base: options.base?.base)
        let sealed = try await BundleSealer(options: options, workspace: workspace, progress: progress).seal(
            index, packs: packs, osReleases: frame.osReleases, modificationTime: frame.createdAt, lock: frame.lock)
        return (index, sealed, ImagePack.notes(on: images))
    }

    /// - Parameter delta: nil leaves nothing out.
    private static func cut(
        _ request: PackSetWriter.Request, _ delta: DeltaCut?
    ) async throws -> PackSetWriter.Request {
        guard let delta else { return request }
        return try await BlockingPool.shared.run { try delta.cut(request) }
    }

    /// Reads every layer once, before anything is written.
    private func check(
        _ images: [(entry: LockedImage, image: ObtainedImage)]
    ) async throws -> [(entry: LockedImage, content: CheckedImage)] {
        let task = "check layers"
        let progress = progress
        let stop = CancellationFlag()
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: UInt64(images.count), unit: .items))
        let checked = try await withTaskCancellationHandler {
            try await BlockingPool.shared.run {
                let check = ImageCheck()
                return try images.enumerated().map { number, item in
                    if stop.isRaised { throw CancellationError() }
                    let content = try check.check(item.image)
                    progress.report(
                        ProgressEvent(
                            kind: .advanced, task: task, done: UInt64(number + 1), total: UInt64(images.count),
                            unit: .items))
                    return (entry: item.entry, content: content)
                }
            }
        } onCancel: {
            stop.raise()
        }
        progress.report(ProgressEvent(kind: .finished, task: task))
        return checked
    }
}
