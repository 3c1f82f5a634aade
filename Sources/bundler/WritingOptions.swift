import Archive
public import ArgumentParser
import BundleBuild
public import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// How the bundle is written.
struct WritingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The bundle.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The static node-install that becomes the head. Default: the one beside this bundler.", valueName: "file"))
    var nodeInstall: String?

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
        if bundleOnly, nodeInstall != nil {
            throw ValidationError("--bundle-only and --node-install exclude each other")
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

    /// - Parameters:
    ///   - sequences: what was made here before.
    ///   - progress: is told what there is to say about the sequence.
    func options(
        lock: BundleLock?, signer: BundleSigner?, sequences: SequenceRecord, progress: any ProgressSink
    ) throws -> MakeOptions {
        let head = try head(lock)
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
            output: FilePath(output), head: head, compression: settings, threads: threads ?? Processors.count,
            productLine: line, sequence: lock?.sequence ?? choice.sequence, createdAt: epoch, signer: signer,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: head?.head.sha256,
                libzstd: LibraryVersions.libzstd, libarchive: LibraryVersions.libarchive,
                liblzma: settings.format == .xz ? LibraryVersions.liblzma : nil))
    }

    private func head(_ lock: BundleLock?) throws -> HeadExecutable? {
        if let nodeInstall { return try HeadExecutable(FilePath(nodeInstall)) }
        if bundleOnly { return nil }
        if let lock, lock.lock.tools.nodeInstall == nil { return nil }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try HeadExecutable(FilePath(program).removingLastComponent().appending("node-install"))
    }
}

extension Compression.Format: ExpressibleByArgument {}
