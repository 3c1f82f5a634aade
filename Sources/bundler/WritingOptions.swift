import Archive
public import ArgumentParser
import BundleBuild
public import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// How the bundle is written.
struct WritingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The bundle. For several architectures each has its name before the extension: k8s-arm64.run.",
            valueName: "file"),
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "The static node-install that becomes the head; ARCH=FILE for one of several architectures. Repeatable. "
                + "Default: the one beside this bundler.", valueName: "file"),
        completion: .file())
    var nodeInstall: [String] = []

    @Flag(help: "No head: a bundle for 'node-install --bundle'.")
    var bundleOnly = false

    @Option(help: ArgumentHelp("zstd (the default) or xz.", valueName: "format"))
    var compression: Compression.Format?

    @Option(
        help: ArgumentHelp(
            "zstd 1 to 22 (default 21), xz 0 to 9 (default 6). Nodes unpack zstd's levels up to 19 and xz in 128 MiB "
                + "of memory, zstd's 20 and 21 in 256 MiB, and 22 in 512 MiB.", valueName: "level"))
    var compressionLevel: Int?

    @Option(help: ArgumentHelp("Compression threads; they do not change the bytes.", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Nodes refuse a lower one than they have. Default: the time of making, or one more than the highest that "
                + "was made here.", valueName: "number"))
    var sequence: UInt64?

    @Option(
        help: ArgumentHelp(
            "The line of products that sequences are compared within. Default: kubernetes.", valueName: "name"))
    var productLine: String?

    func validate() throws {
        if bundleOnly, !nodeInstall.isEmpty {
            throw ValidationError("--bundle-only and --node-install exclude each other")
        }
        if nodeInstall.count(where: { Self.head(named: $0).isForAll }) > 1 {
            throw ValidationError("--node-install: one FILE, or ARCH=FILE for each architecture")
        }
        let format = compression ?? .zstd
        if let compressionLevel, !format.levels.contains(compressionLevel) {
            throw ValidationError(
                "--compression-level \(compressionLevel): \(format.rawValue) has the levels "
                    + "\(format.levels.lowerBound) to \(format.levels.upperBound)")
        }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be 1 to 256") }
    }

    /// The options of the index that were given: a lock has them already.
    var given: [String] {
        [("--sequence", sequence != nil), ("--product-line", productLine != nil)].filter(\.1).map(\.0)
    }

    /// A lock's parameters where nothing else was asked for; what was asked for is compared with it later.
    private func compression(_ lock: BundleLock?) -> Compression {
        let locked = lock?.lock.compression
        let format = compression ?? locked?.format ?? .zstd
        var asked = Compression.standard(
            format, level: compressionLevel ?? (format == locked?.format ? locked?.level : nil))
        if let locked { asked.windowLog = locked.windowLog }
        return asked
    }

    /// One for each architecture, in their order; heads are looked at before anything is fetched.
    ///
    /// - Parameters:
    ///   - sequences: what was made here before.
    ///   - progress: is told what there is to say about the sequence.
    func options(
        lock: BundleLock?, signer: BundleSigner?, sequences: SequenceRecord, progress: any ProgressSink,
        architectures: [CPUArchitecture]
    ) throws -> [MakeOptions] {
        let common = try options(lock: lock, signer: signer, sequences: sequences, progress: progress)
        return try architectures.map { architecture in
            var options = common
            options.head = try head(lock, architecture)
            options.tools.nodeInstall = options.head?.head.sha256
            if architectures.count > 1 { options.output = MakeOptions.output(common.output, for: architecture) }
            return options
        }
    }

    /// Without a head.
    private func options(
        lock: BundleLock?, signer: BundleSigner?, sequences: SequenceRecord, progress: any ProgressSink
    ) throws -> MakeOptions {
        let environment = ProcessInfo.processInfo.environment
        let epoch = try SourceDate.seconds(environment: environment, clock: SystemWallClock())
        let settings = compression(lock)
        let line = lock?.productLine ?? productLine ?? "kubernetes"
        // Read before the work begins: a record that cannot be read must not spoil it at its end.
        let choice = SequenceChoice(
            asked: sequence, createdAt: epoch, isFixed: SourceDate.isFixed(environment: environment),
            highest: try sequences.highest(of: line), productLine: line)
        if lock == nil, let note = choice.note {
            progress.report(ProgressEvent(kind: .note, task: "sequence", detail: note))
        }
        return MakeOptions(
            output: FilePath(output), head: nil, compression: settings, threads: threads ?? Processors.count,
            productLine: line, sequence: lock?.sequence ?? choice.sequence, createdAt: epoch, signer: signer,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: nil,
                libzstd: LibraryVersions.libzstd, libarchive: LibraryVersions.libarchive,
                liblzma: settings.format == .xz ? LibraryVersions.liblzma : nil))
    }

    private func head(_ lock: BundleLock?, _ architecture: CPUArchitecture) throws -> HeadExecutable? {
        if bundleOnly { return nil }
        let named = nodeInstall.map(Self.head(named:))
        let path: FilePath
        if let own = named.last(where: { $0.architecture == architecture }) ?? named.first(where: { $0.isForAll }) {
            path = own.path
        } else if let lock, lock.lock.tools.nodeInstall == nil {
            return nil
        } else {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            path = FilePath(program).removingLastComponent().appending("node-install")
        }
        let head = try HeadExecutable(path)
        guard head.architecture == architecture else {
            throw BundleBuildError.badHead(
                path: head.path.string,
                reason: "it is for \(head.architecture.rawValue), the bundle for \(architecture.rawValue): "
                    + "--node-install \(architecture.rawValue)=FILE names another, --bundle-only does without")
        }
        return head
    }

    /// `arm64=FILE`, or `FILE` for whatever the bundle is for.
    private static func head(named text: String) -> NamedHead {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2, let architecture = CPUArchitecture(rawValue: String(halves[0])) {
            return NamedHead(architecture: architecture, path: FilePath(String(halves[1])))
        }
        return NamedHead(architecture: nil, path: FilePath(text))
    }

    private struct NamedHead {
        /// Nil: whatever the bundle is for.
        var architecture: CPUArchitecture?
        var path: FilePath

        var isForAll: Bool { architecture == nil }
    }
}

extension Compression.Format: ExpressibleByArgument {}
