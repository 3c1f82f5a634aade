import BundleModel
import FoundationEssentials
import Host

/// The highest sequence of each product line that this node began to install.
struct SequenceMemory: Sendable {
    let root: HostRoot

    private func read() throws -> [String: UInt64] {
        guard let bytes = try FileSystem.readIfPresent(root.resolve(NodePaths.sequence)) else { return [:] }
        do {
            return try CanonicalJSON.decode([String: UInt64].self, from: Data(bytes))
        } catch {
            throw InstallError.configuration(path: NodePaths.sequence, reason: "\(error)")
        }
    }

    /// - Throws: `InstallError.olderSequence`.
    func check(_ index: BundleIndex) throws {
        guard let seen = try read()[index.productLine], index.sequence < seen else { return }
        throw InstallError.olderSequence(productLine: index.productLine, bundle: index.sequence, seen: seen)
    }

    /// Remembers a sequence; never goes back.
    func remember(_ index: BundleIndex) throws {
        var known = try read()
        guard index.sequence > known[index.productLine] ?? 0 else { return }
        known[index.productLine] = index.sequence
        try AtomicFile.write(Array(CanonicalJSON.encode(known)), to: root.resolve(NodePaths.sequence), mode: 0o600)
    }
}
