import Archive
public import BundleModel
import Dispatch
import Host
public import Payload
import Signing
public import SystemPackage

/// Makes a delta of two whole bundles: the newer one without what the older one brings to the same nodes. All but the
/// packs is the newer one's: release, sequence, time, lock, executable.
public struct BundleDiffer: Sendable {
    private let bundle: BundleFile
    private let base: BaseContent
    private let progress: any ProgressSink

    /// - Parameter bundle: the newer one, believed by whoever asks.
    /// - Throws: `BundleBuildError.isDelta`, `.badOption` for bundles of which there is no delta.
    public init(_ bundle: BundleFile, to base: BaseContent, progress: any ProgressSink) throws {
        if let other = bundle.index.base {
            throw BundleBuildError.isDelta(path: bundle.path.string, base: other)
        }
        try base.require(bundle.index.architecture)
        guard SHA256Hasher.hash(bundle.indexBytes) != base.base.index else {
            throw BundleBuildError.badOption(
                "bundle", value: bundle.path.string, expected: "another one than the base: nothing differs")
        }
        self.bundle = bundle
        self.base = base
        self.progress = progress
    }

    /// Writes the delta, its sidecars and its lock, as `make` does.
    ///
    /// - Parameters:
    ///   - threads: compression threads; they do not change the bytes.
    ///   - signer: nil leaves it unsigned.
    /// - Throws: `PayloadError`, `ArchiveError` for a bundle that is damaged; `BundleBuildError.noSpace`,
    ///   `.badOption` for output in the place of one of the two.
    public func write(to output: FilePath, threads: Int, signer: BundleSigner?) async throws -> MakeSummary {
        let start = DispatchTime.now()
        try NewFiles.requireOther(output, than: bundle.volumes + base.files)
        let workspace = try Workspace(beside: output)
        return try await workspace.removedOnFailure {
            let size = bundle.index.packs.reduce(UInt64(0)) { $0 + $1.uncompressedSize + 2 * $1.size }
            // The file's own: the index of a bare bundle may say anything of a head that is not there.
            let headSize = UInt64(bundle.headRegion?.count ?? 0)
            try NewFiles.requireSpace(size + 2 * headSize, in: workspace.path, for: output)
            var index = bundle.index
            index.lock.tools = Self.tools(index)
            let options = MakeOptions(
                output: output, head: try await head(workspace), compression: index.lock.compression, threads: threads,
                productLine: index.productLine, sequence: index.sequence,
                createdAt: try SourceDate.parse(index.createdAt), signer: signer, tools: index.lock.tools)
            let packs = try await write(try await requests(workspace), options, workspace)
            index.packs = packs.map(\.pack)
            index.base = base.base
            let files = try await BundleSealer(options: options, workspace: workspace, progress: progress).seal(
                index, packs: packs,
                osReleases: index.packs.filter { $0.content == .packages }.flatMap(\.selector.osReleases),
                modificationTime: options.createdAt)
            let status = try VersionMatrix.embedded().status(of: index.release)
            let summary = MakeSummary(
                index, size: try files.size(), status: status, notes: [], options: options, start: start)
            try await SealedBundle.place([SealedBundle(summary, files, output: output, workspace: workspace)])
            return summary
        }
    }

    /// Those that shape the delta's bytes.
    private static func tools(_ index: BundleIndex) -> Lock.Tools {
        Lock.Tools(
            bundler: BundlerVersion.current, nodeInstall: index.lock.tools.nodeInstall,
            libzstd: LibraryVersions.libzstd, libarchive: LibraryVersions.libarchive,
            liblzma: index.lock.compression.format == .xz ? LibraryVersions.liblzma : nil)
    }

    /// The newer bundle's own; nil for a bare one.
    private func head(_ workspace: Workspace) async throws -> HeadExecutable? {
        let bundle = bundle
        guard bundle.headRegion != nil else { return nil }
        return try await BlockingPool.shared.run {
            try bundle.verifyHead()
            let path = workspace.path.appending("head")
            try BundleWriter.writeHead(of: bundle, to: path)
            return try HeadExecutable(path)
        }
    }

    /// Unpacks what travels.
    private func requests(_ workspace: Workspace) async throws -> [PackSetWriter.Request] {
        let (bundle, base, progress) = (bundle, base, progress)
        return try await CancellationFlag.blocking { stop in
            let cut = DeltaCut(base: base, images: try ImageHoldings(bundle))
            let packs = bundle.index.packs
            let total = packs.flatMap(\.members).reduce(UInt64(0)) { $0 + $1.size }
            let meter = ByteMeter("unpack packs", total: total, progress, stop: stop)
            let requests = try packs.map { pack in
                let unpacked = try UnpackedPack(
                    pack, of: bundle, without: cut.omitted(from: pack), in: workspace.folder("new-\(pack.name)"), meter)
                return unpacked.request
            }
            meter.finish()
            return requests
        }
    }

    /// Packs of one stream are of one stream again.
    private func write(
        _ requests: [PackSetWriter.Request], _ options: MakeOptions, _ workspace: Workspace
    ) async throws -> [(pack: Pack, file: FilePath)] {
        let writer = PackSetWriter(
            folder: try workspace.folder("packs"), compression: options.compression, threads: options.threads,
            modificationTime: options.createdAt, progress: progress)
        var streams: [[PackSetWriter.Request]] = []
        for (pack, request) in zip(bundle.index.packs, requests) {
            if pack.continues != nil, let last = streams.popLast() {
                streams.append(last + [request])
            } else {
                streams.append([request])
            }
        }
        var packs: [(pack: Pack, file: FilePath)] = []
        for stream in streams { packs += try await writer.writeStream(stream) }
        return packs
    }
}
