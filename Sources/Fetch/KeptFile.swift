public import BundleModel
import Host
import Signing
public import SystemPackage

/// A file that an earlier run may have kept under its digest.
public struct KeptFile: Hashable, Sendable {
    public let path: FilePath
    public let digest: SHA256Digest

    public init(_ path: FilePath, digest: SHA256Digest) {
        self.path = path
        self.digest = digest
    }

    /// Its bytes; nil where it has to be fetched. A file whose content has changed on the disk since stays until the
    /// fetched one takes its name: by the time that this one has read it all, that may have happened already.
    ///
    /// - Parameter damaged: is told what such a file's content is now.
    public func size(damaged: (SHA256Digest) -> Void = { _ in }) async throws -> UInt64? {
        let path = path
        guard let status = try FileSystem.status(path), status.kind == .file else { return nil }
        let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
        if actual == digest { return status.size }
        damaged(actual)
        return nil
    }
}
