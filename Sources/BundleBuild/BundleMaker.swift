import Archive
public import BundleModel
import Dispatch
import FoundationEssentials
public import Host
import Payload
import Signing
import SystemPackage

/// From a plan to a signed file: fetch, stage, pack, index, sign, write.
///
/// Half-made things live in one folder beside the output, which goes away however the work ends; the output appears
/// whole or not at all.
public struct BundleMaker: Sendable {
    let artifacts: any ArtifactProvider
    let images: any ImageProvider
    let packages: (any PackageProvider)?
    let runner: any ProcessRunner
    /// How many artifacts, images and lists of packages are fetched at the same time.
    let concurrency: Int
    let progress: any ProgressSink

    public init(
        artifacts: any ArtifactProvider, images: any ImageProvider, packages: (any PackageProvider)? = nil,
        runner: any ProcessRunner = SystemProcessRunner(), concurrency: Int = 8, progress: any ProgressSink
    ) {
        self.artifacts = artifacts
        self.images = images
        self.packages = packages
        self.runner = runner
        self.concurrency = max(1, concurrency)
        self.progress = progress
    }

    var lister: KubeadmImageLister { KubeadmImageLister(runner: runner) }

    /// Makes a bundle of what a plan says, and puts it in its place.
    ///
    /// - Parameter listed: who asked for images by lists; the plan has these images.
    public func make(
        _ plan: BuildPlan, _ options: MakeOptions, listed: [ImageMention] = []
    ) async throws -> MakeSummary {
        try await make([(plan, options)], listed: listed)[0]
    }

    /// Makes several, and puts them in their places when all are whole.
    ///
    /// - Parameter listed: as above, of all.
    /// - Returns: in the order of the requests.
    public func make(
        _ requests: [(plan: BuildPlan, options: MakeOptions)], listed: [ImageMention] = []
    ) async throws -> [MakeSummary] {
        var made: [SealedBundle] = []
        do {
            for each in requests { made.append(try await prepare(each.plan, each.options, listed: listed)) }
            try await SealedBundle.place(made)
        } catch {
            for bundle in made { bundle.discard() }
            throw error
        }
        return made.map(\.summary)
    }

    /// As `make`, but nothing takes its place yet.
    func prepare(
        _ plan: BuildPlan, _ options: MakeOptions, listed: [ImageMention] = []
    ) async throws -> SealedBundle {
        let start = DispatchTime.now()
        try Self.check(options, architecture: plan.architecture)
        let workspace = try Workspace(beside: options.output)
        return try await workspace.removedOnFailure {
            let content = try await gather(plan, listed: listed, workspace: workspace)
            let frame = Frame(
                productLine: options.productLine, sequence: options.sequence ?? options.createdAt,
                createdAt: options.createdAt, architecture: plan.architecture, osReleases: plan.osReleases)
            let (index, files, notes) = try await write(content, frame: frame, options: options, workspace: workspace)
            let summary = MakeSummary(
                index, size: try files.size(), status: plan.status, notes: plan.notes + content.notes + notes,
                options: options, start: start)
            return SealedBundle(summary, files, output: options.output, workspace: workspace)
        }
    }

    /// Makes the bundle of a lock again: the same bytes, or an error.
    ///
    /// - Throws: `BundleBuildError.lockMismatch` when tools, compression or what came out differ, and whatever differs from
    ///   what is pinned. Nothing is written then.
    public func remake(_ lock: BundleLock, _ options: MakeOptions) async throws -> MakeSummary {
        let start = DispatchTime.now()
        try LockCheck.require(
            LockCheck(lock).differences(from: options.tools, options.compression)
                + LockCheck(lock).differences(from: options.base?.base))
        try Self.check(options, architecture: lock.architecture)
        let workspace = try Workspace(beside: options.output)
        return try await workspace.removedOnFailure {
            let content = try await gather(lock, workspace: workspace)
            let frame = Frame(
                productLine: lock.productLine, sequence: lock.sequence, createdAt: try SourceDate.parse(lock.createdAt),
                architecture: lock.architecture, osReleases: lock.osReleases, lock: lock)
            let (index, files, notes) = try await write(content, frame: frame, options: options, workspace: workspace)
            let status = try VersionMatrix.embedded().status(of: index.release)
            let signed = LockCheck(lock).note(signedBy: options.signer?.verifyingKey.fingerprint)
            let summary = MakeSummary(
                index, size: try files.size(), status: status,
                notes: content.notes + notes + (signed.map { [$0] } ?? []), options: options, start: start)
            try await SealedBundle.place([SealedBundle(summary, files, output: options.output, workspace: workspace)])
            return summary
        }
    }

    /// What frames the content in the index.
    struct Frame {
        var productLine: String
        var sequence: UInt64
        var createdAt: UInt64
        var architecture: CPUArchitecture
        var osReleases: [String]
        /// What has to come out, where a bundle is made again.
        var lock: BundleLock?
    }

    private static func check(_ options: MakeOptions, architecture: CPUArchitecture) throws {
        try options.base?.require(architecture)
        try NewFiles.requireOther(options.output, than: options.base?.files ?? [])
        guard let head = options.head, head.architecture != architecture else { return }
        throw BundleBuildError.badHead(
            path: head.path.string, reason: "it is for \(head.architecture), the bundle for \(architecture)")
    }
}
