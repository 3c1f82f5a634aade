public import BundleModel
import Payload
public import Signing
public import SystemPackage

/// Writes a whole bundle out of damaged copies. The damaged file itself stays as it is.
public struct BundleMender: Sendable {
    private let progress: any ProgressSink

    public init(progress: any ProgressSink) { self.progress = progress }

    /// - Parameters:
    ///   - damaged: a file or a set of volumes.
    ///   - copies: of the same bundle, likewise.
    ///   - output: a new file.
    /// - Throws: `PayloadError.beyondRepair` with all that no copy has; `SigningError`; `BundleBuildError.exists`.
    public func mend(
        _ damaged: FilePath, from copies: [FilePath], policy: TrustPolicy, to output: FilePath
    ) async throws -> MendSummary {
        try NewFiles.requireFree(output)
        let workspace = try Workspace(beside: output)
        defer { workspace.remove() }
        let progress = progress
        return try await CancellationFlag.blocking { stop in
            let repair = try DamagedBundle(damaged, copies: copies, policy: policy)
            let looking = ByteMeter("look for damage", total: repair.packBytes, progress, stop: stop)
            let plan = try repair.plan(advanced: looking.add)
            looking.finish()
            let needed = repair.packBytes + (repair.index.head?.size ?? 0) + (64 << 20)
            try NewFiles.requireSpace(needed, in: workspace.path, for: output)
            let writing = ByteMeter("write bundle", total: repair.packBytes, progress, stop: stop)
            let file = workspace.path.appending(output.lastComponent?.string ?? "bundle")
            try repair.write(plan, to: file, advanced: writing.add)
            try BundleWriter.writeSidecars(for: file, key: nil)
            var files = NewFiles()
            try files.add(FilePath("\(file).sha256"), as: FilePath("\(output).sha256"))
            try files.add(file, as: output)
            try stop.check()
            try files.place()
            writing.finish()
            return MendSummary(
                damaged: damaged.string, file: output.string, key: repair.decision.key.fingerprint,
                index: repair.indexSource, head: repair.headSource(plan), chunks: plan.taken)
        }
    }
}
