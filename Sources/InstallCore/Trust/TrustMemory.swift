import BundleModel
import FoundationEssentials
import Host

/// trust.json: what this node learned about bundles and keys while it was installed.
///
/// It only ever grows: a sequence never goes back, and a revoked key stays revoked until the node is reset.
struct TrustMemory: Codable, Hashable, Sendable {
    var schemaVersion = 1
    /// The highest sequence of each product line that this node or its cluster began to install.
    var sequences: [String: UInt64] = [:]
    /// Fingerprints, sorted.
    var revokedKeys: [SHA256Digest] = []

    static func read(_ root: HostRoot) throws -> TrustMemory {
        guard let bytes = try FileSystem.readIfPresent(root.resolve(NodePaths.trust)) else { return TrustMemory() }
        do {
            return try CanonicalJSON.decode(TrustMemory.self, from: Data(bytes))
        } catch {
            throw InstallError.configuration(path: NodePaths.trust, reason: CanonicalJSON.explanation(of: error))
        }
    }

    /// - Throws: `InstallError.olderSequence`.
    func check(_ index: BundleIndex) throws {
        guard let seen = sequences[index.productLine], index.sequence < seen else { return }
        throw InstallError.olderSequence(productLine: index.productLine, bundle: index.sequence, seen: seen)
    }

    func adding(
        productLine: String, sequence: UInt64, revoked: some Sequence<SHA256Digest>
    ) -> TrustMemory {
        var after = self
        after.sequences[productLine] = max(sequence, sequences[productLine] ?? 0)
        after.revokedKeys = Set(revokedKeys).union(revoked).sorted { $0.hex < $1.hex }
        return after
    }

    /// Adds to what is on the disk.
    static func remember(
        _ root: HostRoot, productLine: String, sequence: UInt64, revoked: some Sequence<SHA256Digest>
    ) throws {
        let before = try read(root)
        let after = before.adding(productLine: productLine, sequence: sequence, revoked: revoked)
        guard after != before else { return }
        try AtomicFile.write(Array(CanonicalJSON.encode(after)), to: root.resolve(NodePaths.trust), mode: 0o600)
    }
}
