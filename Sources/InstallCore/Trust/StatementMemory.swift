import BundleModel
import FoundationEssentials
import Host

/// statements.json: the last statement of each signer that this node obeyed.
struct StatementMemory: Codable, Hashable, Sendable {
    struct Last: Codable, Hashable, Sendable {
        var number: UInt64
        /// Of the statement's bytes.
        var digest: SHA256Digest
    }

    var schemaVersion = 1
    /// By the signer's fingerprint, 64 hex digits.
    var last: [String: Last] = [:]

    static func read(_ root: HostRoot) throws -> StatementMemory {
        guard let bytes = try FileSystem.readIfPresent(root.resolve(NodePaths.statements)) else {
            return StatementMemory()
        }
        do {
            return try CanonicalJSON.decode(StatementMemory.self, from: Data(bytes))
        } catch {
            throw InstallError.configuration(path: NodePaths.statements, reason: CanonicalJSON.explanation(of: error))
        }
    }

    func write(_ root: HostRoot) throws {
        try AtomicFile.write(Array(CanonicalJSON.encode(self)), to: root.resolve(NodePaths.statements))
    }
}
