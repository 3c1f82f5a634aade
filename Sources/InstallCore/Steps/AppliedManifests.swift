import BundleModel
import FoundationEssentials
import Host
import Signing

/// Which content of each manifest this node gave to the cluster: another bundle may bring another one at the same path.
struct AppliedManifests {
    private struct Content: Codable {
        var schemaVersion = 1
        /// By path.
        var digests: [String: SHA256Digest] = [:]
    }

    let root: HostRoot

    /// What is wrong with a manifest that the cluster has objects of; nil where it is the one that was applied, or where
    /// nobody knows which one was.
    func problem(with manifest: String) throws -> String? {
        guard let applied = try read().digests[manifest], try digest(manifest) != applied else { return nil }
        return "\(manifest) is another one than was applied"
    }

    /// Remembers what was applied.
    func remember(_ manifest: String) throws {
        var content = try read()
        content.digests[manifest] = try digest(manifest)
        try AtomicFile.write(
            try CanonicalJSON.encode(content), to: root.resolve(NodePaths.appliedManifests), mode: 0o600)
    }

    private func digest(_ manifest: String) throws -> SHA256Digest? {
        let path = root.resolve(manifest)
        return FileSystem.exists(path) ? try SHA256Hasher.hash(file: path) : nil
    }

    private func read() throws -> Content {
        guard let bytes = try FileSystem.readIfPresent(root.resolve(NodePaths.appliedManifests)),
            let content = try? CanonicalJSON.decode(Content.self, from: Data(bytes))
        else { return Content() }
        return content
    }
}
