import Archive
public import ArgumentParser
import BundleBuild
public import BundleModel
import FoundationEssentials
import Host
import Signing
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

    @Option(help: ArgumentHelp("zstd or xz.", valueName: "format"))
    var compression: Compression.Format = .zstd

    @Option(help: ArgumentHelp("zstd 1 to 22 (default 19), xz 0 to 9 (default 6).", valueName: "level"))
    var compressionLevel: Int?

    @Option(help: ArgumentHelp("Compression threads; they do not change the bytes.", valueName: "count"))
    var threads: Int?

    @Option(help: ArgumentHelp("Nodes refuse a lower one. Default: the time of making.", valueName: "number"))
    var sequence: UInt64?

    @Option(help: ArgumentHelp("The line of products that sequences are compared within.", valueName: "name"))
    var productLine: String = "kubernetes"

    func validate() throws {
        if bundleOnly, nodeInstall != nil {
            throw ValidationError("--bundle-only and --node-install exclude each other")
        }
        let levels = compression == .zstd ? 1...22 : 0...9
        if let compressionLevel, !levels.contains(compressionLevel) {
            throw ValidationError("--compression-level must be \(levels.lowerBound) to \(levels.upperBound)")
        }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be 1 to 256") }
    }

    func options(architecture: CPUArchitecture, lock: BundleLock?, key: SigningKey?) throws -> MakeOptions {
        let head = try head(wanted: lock.map { $0.lock.tools.nodeInstall != nil } ?? !bundleOnly)
        let epoch = try SourceDate.seconds(
            environment: ProcessInfo.processInfo.environment, clock: SystemWallClock())
        return MakeOptions(
            output: FilePath(output), head: head,
            compression: Compression(format: compression, level: compressionLevel ?? (compression == .zstd ? 19 : 6)),
            threads: threads ?? Processors.count, productLine: productLine, sequence: sequence, createdAt: epoch,
            key: key,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: head?.head.sha256,
                libzstd: LibraryVersions.libzstd, libarchive: LibraryVersions.libarchive))
    }

    private func head(wanted: Bool) throws -> HeadExecutable? {
        guard wanted else { return nil }
        if let nodeInstall { return try HeadExecutable(FilePath(nodeInstall)) }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try HeadExecutable(FilePath(program).removingLastComponent().appending("node-install"))
    }
}

extension Compression.Format: ExpressibleByArgument {}
