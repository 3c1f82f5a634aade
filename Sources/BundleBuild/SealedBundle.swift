import Host
import SystemPackage

/// A bundle that is whole and signed, beside its place: of several none takes its place before the last is whole.
final class SealedBundle: Sendable {
    let summary: MakeSummary
    private let output: FilePath
    private let sealed: SealedFiles
    private let workspace: Workspace

    init(_ summary: MakeSummary, _ sealed: SealedFiles, output: FilePath, workspace: Workspace) {
        self.summary = summary
        self.sealed = sealed
        self.output = output
        self.workspace = workspace
    }

    /// Puts bundles, their sidecars and their locks in their places: all of them, or none.
    ///
    /// - Throws: `CancellationError`, and `HostError.system` for a place that cannot be taken; all are as they were then.
    static func place(_ bundles: [SealedBundle]) async throws {
        // The last moment at which whoever interrupts finds nothing; from here on everything takes its place.
        try Task.checkCancellation()
        try await BlockingPool.shared.run {
            for bundle in bundles { try bundle.sealed.requirePlaces(of: bundle.output) }
            try Replacement(moves: bundles.flatMap { $0.sealed.moves(to: $0.output) }).make()
            for bundle in bundles { bundle.workspace.remove() }
        }
    }

    /// Leaves nothing of a bundle that does not take its place.
    func discard() { workspace.remove() }
}
