public import BundleModel
import Host
public import Payload
import Signing
public import SystemPackage

/// Cuts a bundle into volumes, for media that hold no file of its size.
public struct BundleSplitter: Sendable {
    private let bundle: BundleFile
    private let progress: any ProgressSink

    public init(_ bundle: BundleFile, progress: any ProgressSink) {
        self.bundle = bundle
        self.progress = progress
    }

    /// Checks the bundle against its index and writes `OUTPUT.001` and on, and `OUTPUT.volumes.sha256`. All are whole
    /// before the first takes its place, and none takes another file's.
    ///
    /// - Parameters:
    ///   - volumeSize: bytes of the largest file.
    ///   - signer: of the checksums, into `OUTPUT.volumes.sha256.sig`; nil for none.
    /// - Throws: `PayloadError`, `BundleBuildError.exists`, `.noSpace`.
    public func split(
        to output: FilePath, volumeSize: UInt64 = VolumeWriter.fat32Limit, signer: BundleSigner? = nil
    ) async throws -> SplitSummary {
        let names = try VolumeWriter.volumeNames(of: bundle, name: output.string, volumeSize: volumeSize)
        let checksums = FilePath("\(output).volumes.sha256")
        let signature = FilePath("\(checksums).sig")
        for path in names.map({ FilePath($0) }) + [checksums, signature] { try NewFiles.requireFree(path) }
        let workspace = try Workspace(beside: output)
        defer { workspace.remove() }
        let size = bundle.regions.last?.range.upperBound ?? 0
        try NewFiles.requireSpace(size + (64 << 10) * UInt64(names.count), in: workspace.path, for: output)
        try await bundle.verify(bundle.index.packs, progress: progress)
        let (bundle, progress) = (bundle, progress)
        let volumes = try await CancellationFlag.blocking { stop in
            let name = output.lastComponent?.string ?? "bundle"
            let meter = ByteMeter("write volumes", total: size, progress, stop: stop)
            let volumes = try VolumeWriter.write(
                bundle, into: workspace.path, name: name, volumeSize: volumeSize, advanced: meter.add)
            meter.finish()
            return volumes
        }
        var files = NewFiles()
        let lines = Array(volumes.map { "\($0.sha256.hex)  \($0.name)\n" }.joined().utf8)
        let sums = workspace.path.appending("sums")
        try AtomicFile.write(lines, to: sums)
        try files.add(sums, as: checksums)
        if let signer {
            let signed = workspace.path.appending("signed")
            try AtomicFile.write(try await signer.signature(of: sums).signature, to: signed)
            try files.add(signed, as: signature)
        }
        for (volume, path) in zip(volumes, names) {
            try files.add(workspace.path.appending(volume.name), as: FilePath(path))
        }
        let whole = files
        try Task.checkCancellation()
        try await BlockingPool.shared.run { try whole.place() }
        return SplitSummary(
            file: bundle.path.string, volumes: volumes, paths: names, checksums: checksums.string,
            keyFingerprint: signer?.verifyingKey.fingerprint)
    }
}
