import BundleModel
import Host

/// Whether a node has what a delta leaves out: files with their content and mode, packages as dpkg knows them, layers
/// as containerd has them. Looked at before the first change; changes nothing.
struct BaseProof: Sendable {
    private static let named = 5

    let target: InstallTarget

    /// Nil for a whole bundle, and for a node that has everything.
    func finding() async throws -> Finding? {
        guard let base = target.index.base else { return nil }
        let gaps = try await files() + HostPackagesStep().missingFromBase(target) + layers()
        return Self.finding(gaps, base: base)
    }

    /// - Parameter gaps: what is not there, a sentence each.
    static func finding(_ gaps: [String], base: Base) -> Finding? {
        guard !gaps.isEmpty else { return nil }
        let more = gaps.count > named ? "; and \(gaps.count - named) more" : ""
        return Finding(
            id: "base", severity: .error,
            cause: "the bundle is a delta, and this node lacks what its base has: "
                + gaps.prefix(named).joined(separator: "; ") + more,
            fix: "bring the base first: \(base.text); or take the whole bundle", category: .baseMissing)
    }

    private func files() async throws -> [String] {
        try await PlacedFiles(members: target.packs(.files).flatMap { $0.omitted ?? [] }, root: target.root).problems()
    }

    private func layers() async throws -> [String] {
        let bundle = target.bundleImages
        guard bundle.packs.contains(where: { $0.omitted != nil }) else { return [] }
        if ImagesStep.wentDownHalfway(try JournalReader.entries(target.root), now: target.node.bootID) {
            return ["the machine went down while images were loaded, and what was loaded is not believed"]
        }
        return try await LayerProof(bundle: bundle).gaps(by: ImagesStep().chooser(target))
    }
}
