public import BundleModel
import FoundationEssentials
import Host
public import Payload
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Puts bundles of one release for several architectures into one folder: of each the bundle without its head, its
/// node-install, and beside them a script that takes the right ones.
public struct BundleMerger: Sendable {
    private let bundles: [BundleFile]
    private let heads: [HeadExecutable]
    private let progress: any ProgressSink

    /// - Parameter heads: node-install for bundles that do not carry it, or to check that they do.
    /// - Throws: `BundleBuildError.badOption` for bundles that do not go together, `.badHead`, `.missing`.
    public init(_ bundles: [BundleFile], heads: [HeadExecutable], progress: any ProgressSink) throws {
        self.bundles = bundles.sorted { $0.index.architecture.rawValue < $1.index.architecture.rawValue }
        self.heads = heads
        self.progress = progress
        guard let first = bundles.first, bundles.count > 1 else {
            throw BundleBuildError.badOption(
                "bundles", value: bundles.map(\.path.string).joined(separator: " "), expected: "two or more")
        }
        var seen: Set<CPUArchitecture> = []
        for bundle in bundles {
            let (path, index) = (bundle.path.string, bundle.index)
            guard seen.insert(index.architecture).inserted else {
                throw BundleBuildError.badOption(
                    "bundle", value: path,
                    expected: "one for each architecture, and this is another one for \(index.architecture.rawValue)")
            }
            guard index.releaseID == first.index.releaseID, index.productLine == first.index.productLine else {
                throw BundleBuildError.badOption(
                    "bundle", value: path,
                    expected: "\(first.index.productLine) release \(first.index.releaseID.hex.prefix(16)) as in "
                        + "\(first.path), not \(index.productLine) release \(index.releaseID.hex.prefix(16))")
            }
            try Self.checkHead(of: bundle, heads)
        }
        if let head = heads.first(where: { !seen.contains($0.architecture) }) {
            throw BundleBuildError.badHead(
                path: head.path.string, reason: "no bundle is for \(head.architecture.rawValue)")
        }
    }

    private static func checkHead(of bundle: BundleFile, _ heads: [HeadExecutable]) throws {
        let architecture = bundle.index.architecture
        guard let given = heads.first(where: { $0.architecture == architecture }) else {
            guard bundle.headRegion != nil else {
                throw BundleBuildError.missing(
                    "node-install for \(architecture.rawValue) (--node-install \(architecture.rawValue)=PATH)",
                    lookedIn: bundle.path.string)
            }
            return
        }
        if let head = bundle.index.head, head != given.head {
            throw BundleBuildError.badHead(
                path: given.path.string,
                reason: "its digest is \(given.head.sha256), \(bundle.path) was signed with \(head.sha256)")
        }
    }

    /// Checks every bundle against its index, and writes a new folder, which appears whole or not at all.
    public func merge(to output: FilePath) async throws -> MergedBundles {
        try NewFiles.requireFree(output)
        let workspace = try Workspace(beside: output)
        defer { workspace.remove() }
        let size = bundles.reduce(UInt64(0)) { $0 + ($1.regions.last?.range.upperBound ?? 0) }
        try NewFiles.requireSpace(size + (64 << 20), in: workspace.path, for: output)
        for bundle in bundles { try await bundle.verify(bundle.index.packs, progress: progress) }
        let folder = try workspace.folder("out")
        let (bundles, heads, progress) = (bundles, heads, progress)
        let entries = try await CancellationFlag.blocking { stop in
            let packs = bundles.flatMap(\.index.packs).reduce(UInt64(0)) { $0 + $1.size }
            let meter = ByteMeter("write bundles", total: packs, progress, stop: stop)
            let entries = try bundles.map { bundle in
                let head = heads.first { $0.architecture == bundle.index.architecture }
                return try Self.write(bundle, head, into: folder, meter)
            }
            meter.finish()
            return entries
        }
        let merged = MergedBundles(
            schemaVersion: MergedBundles.currentSchemaVersion, productLine: bundles[0].index.productLine,
            kubernetes: bundles[0].index.release.kubernetes, releaseID: bundles[0].index.releaseID, bundles: entries)
        try Self.finish(merged, in: folder)
        try FileSystem.syncFileSystem(holding: folder)
        try Task.checkCancellation()
        guard rename(folder.string, output.string) == 0 else {
            throw HostError.system("rename", path: output.string, errno: errno)
        }
        try FileSystem.syncDirectory(output.removingLastComponent())
        return merged
    }

    private static func write(
        _ bundle: BundleFile, _ given: HeadExecutable?, into folder: FilePath, _ meter: ByteMeter
    ) throws -> MergedBundles.Entry {
        let architecture = bundle.index.architecture
        let file = folder.appending("bundle-\(architecture.rawValue)")
        let program = folder.appending("node-install-\(architecture.rawValue)")
        try BundleWriter.writeBare(bundle, to: file, advanced: meter.add)
        if let given {
            try FileCopy.copy(given.path, to: program, mode: 0o755)
        } else {
            try BundleWriter.writeHead(of: bundle, to: program)
        }
        return MergedBundles.Entry(
            architecture: architecture, bundle: try entry(file), nodeInstall: try entry(program),
            isNodeInstallSigned: bundle.index.head != nil, sequence: bundle.index.sequence)
    }

    private static func entry(_ path: FilePath) throws -> MergedBundles.File {
        MergedBundles.File(
            name: path.lastComponent?.string ?? "", size: try FileSystem.status(path)?.size ?? 0,
            sha256: try SHA256Hasher.hash(file: path))
    }

    private static func finish(_ merged: MergedBundles, in folder: FilePath) throws {
        let script = MergeScript.text(for: merged.bundles.map(\.architecture))
        try AtomicFile.write(Array(script.utf8), to: folder.appending(MergeScript.fileName), mode: 0o755)
        try AtomicFile.write(try CanonicalJSON.encode(merged), to: folder.appending(MergedBundles.fileName))
        let files = merged.bundles.flatMap { [$0.bundle, $0.nodeInstall] }
        let own = try [MergeScript.fileName, MergedBundles.fileName].map { try entry(folder.appending($0)) }
        let lines = (own + files).map { "\($0.sha256.hex)  \($0.name)\n" }.joined()
        try AtomicFile.write(Array(lines.utf8), to: folder.appending("SHA256SUMS"))
    }
}
