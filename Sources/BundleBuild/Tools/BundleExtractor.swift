import Archive
public import BundleModel
import FoundationEssentials
import Host
public import Payload
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Unpacks a bundle into a folder for other tools. Everything is checked as it is read: each chunk, each member.
public struct BundleExtractor: Sendable {
    private let bundle: BundleFile
    private let progress: any ProgressSink

    public init(_ bundle: BundleFile, progress: any ProgressSink) {
        self.bundle = bundle
        self.progress = progress
    }

    /// Writes a new folder, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - images: nil leaves them out.
    ///   - packages: the packages of each operating system release, into `debs/RELEASE`.
    ///   - files: programs and manifests at their place below `files`.
    /// - Throws: `PayloadError`, `ArchiveError`, `BundleBuildError.missing` for what the bundle does not have,
    ///   `.isDelta` for one that lacks more than that.
    public func extract(
        images form: ImageForm?, packages wantsPackages: Bool, files wantsFiles: Bool, to output: FilePath
    ) async throws -> ExtractSummary {
        if let base = bundle.index.base { throw BundleBuildError.isDelta(path: bundle.path.string, base: base) }
        try NewFiles.requireFree(output)
        let workspace = try Workspace(beside: output)
        defer { workspace.remove() }
        let (bundle, progress) = (bundle, progress)
        return try await CancellationFlag.blocking { stop in
            let chosen = bundle.index.packs.filter { pack in
                switch pack.content {
                case .images: form != nil
                case .packages: wantsPackages
                case .files: wantsFiles
                }
            }
            let needed = chosen.reduce(UInt64(0)) { $0 + $1.uncompressedSize } + (16 << 20)
            try NewFiles.requireSpace(needed, in: workspace.path, for: output)
            let folder = try workspace.folder("out")
            var summary = ExtractSummary(folder: output.string, images: [], packages: [:], files: 0)
            if let form {
                let extraction = try ImageExtraction(bundle)
                let meter = ByteMeter("unpack images", total: extraction.size, progress, stop: stop)
                summary.images = try extraction.write(form, into: folder, meter)
                meter.finish()
            }
            if wantsPackages {
                guard chosen.contains(where: { $0.content == .packages }) else {
                    throw BundleBuildError.missing("any host package", lookedIn: bundle.path.string)
                }
            }
            for pack in chosen where pack.content != .images {
                let release = pack.selector.osReleases.first ?? pack.name
                let place = folder.pushing(FilePath(pack.content == .files ? "files" : "debs/\(release)"))
                try FileSystem.makeDirectories(place)
                try Self.unpack(pack, of: bundle, into: place, progress, stop)
                let count = pack.members.count { $0.kind == .file }
                if pack.content == .files {
                    summary.files += count
                } else {
                    summary.packages[release] = pack.members.count { $0.path.hasSuffix(".deb") }
                }
            }
            try FileSystem.syncFileSystem(holding: folder)
            try stop.check()
            guard rename(folder.string, output.string) == 0 else {
                throw HostError.system("rename", path: output.string, errno: errno)
            }
            try FileSystem.syncDirectory(output.removingLastComponent())
            return summary
        }
    }

    private static func unpack(
        _ pack: Pack, of bundle: BundleFile, into folder: FilePath, _ progress: any ProgressSink,
        _ stop: CancellationFlag
    ) throws {
        _ = try SafeExtractor(root: folder).extract(
            bundle.reader(of: pack), members: pack.members, progress: progress
        ) { _ in try stop.check() }
        for member in pack.members {
            guard let target = member.target else { continue }
            let link = folder.pushing(FilePath(member.path))
            try FileSystem.makeDirectories(link.removingLastComponent())
            guard symlink(target, link.string) == 0 else {
                throw HostError.system("link", path: link.string, errno: errno)
            }
        }
    }
}
