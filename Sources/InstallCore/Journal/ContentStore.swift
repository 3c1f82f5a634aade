import BundleModel
import Host
import Signing
import SystemPackage

/// Earlier contents of files that an installation replaced, by digest.
struct ContentStore: Sendable {
    let root: HostRoot

    private func path(_ digest: SHA256Digest) -> FilePath { root.resolve("\(NodePaths.content)/\(digest.hex)") }

    /// Keeps a file's content before it is replaced.
    func keep(_ file: FilePath) throws -> SHA256Digest {
        let digest = try SHA256Hasher.hash(file: file)
        if try self.file(digest) != nil { return digest }
        try FileSystem.makeDirectories(root.resolve(NodePaths.content), mode: 0o700)
        try AtomicFile.copy(file, to: path(digest), mode: 0o600)
        guard try self.file(digest) != nil else {
            throw InstallError.foreignState(
                what: "\(file) changed while its content was kept",
                hint: "leave it alone meanwhile, and run the same command again")
        }
        return digest
    }

    /// Where a content is; nil where it is not there or not what its name says.
    func file(_ digest: SHA256Digest) throws -> FilePath? {
        let path = path(digest)
        guard try FileSystem.status(path)?.kind == .file, try SHA256Hasher.hash(file: path) == digest else {
            return nil
        }
        return path
    }
}
