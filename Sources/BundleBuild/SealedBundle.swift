import Host
import SystemPackage

/// A bundle that is whole and signed, beside its place: of several none takes its place before the last is whole.
public final class SealedBundle: Sendable {
    public let summary: MakeSummary
    private let output: FilePath
    private let sealed: SealedFiles
    /// Gone with this.
    private let workspace: Workspace

    init(_ summary: MakeSummary, _ sealed: SealedFiles, output: FilePath, workspace: Workspace) {
        self.summary = summary
        self.sealed = sealed
        self.output = output
        self.workspace = workspace
    }

    /// Puts bundles, their sidecars and their locks in their places.
    ///
    /// - Throws: `CancellationError`, and `HostError.system` for a place that cannot be taken; before the first is moved.
    public static func place(_ bundles: [SealedBundle]) async throws {
        // The last moment at which whoever interrupts finds nothing; from here on everything takes its place.
        try Task.checkCancellation()
        try await BlockingPool.shared.run {
            for bundle in bundles { try bundle.sealed.requirePlaces(of: bundle.output) }
            for bundle in bundles {
                try bundle.sealed.move(to: bundle.output)
                bundle.workspace.remove()
            }
        }
    }
}
