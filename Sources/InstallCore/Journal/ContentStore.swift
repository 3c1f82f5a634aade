import BundleModel
import Host
import Signing
import SystemPackage

/// Earlier contents of files that an installation replaced, by digest.
struct ContentStore: Sendable {
    let root: HostRoot

    private func path(_ digest: SHA256Digest) -> FilePath { root.resolve("\(NodePaths.content)/\(digest.hex)") }

    /// Keeps a file's content before it is replaced.
    func keep(_ bytes: [UInt8]) throws -> SHA256Digest {
        let digest = SHA256Hasher.hash(bytes)
        guard !FileSystem.exists(path(digest)) else { return digest }
        try FileSystem.makeDirectories(root.resolve(NodePaths.content), mode: 0o700)
        try AtomicFile.write(bytes, to: path(digest), mode: 0o600)
        return digest
    }

    /// - Returns: nil where the content is not there or not what its name says.
    func content(_ digest: SHA256Digest) throws -> [UInt8]? {
        guard let bytes = try FileSystem.readIfPresent(path(digest), limit: 1 << 30),
            SHA256Hasher.hash(bytes) == digest
        else { return nil }
        return bytes
    }
}
