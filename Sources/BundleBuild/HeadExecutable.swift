public import BundleModel
import Host
import Signing
public import SystemPackage

/// The node-install that becomes a bundle's head: a static ELF executable for the bundle's architecture.
public struct HeadExecutable: Sendable, Hashable {
    public let path: FilePath
    public let architecture: CPUArchitecture
    public let head: Head

    /// Reads and checks the file.
    ///
    /// - Throws: `BundleBuildError.badHead`, `HostError`.
    public init(_ path: FilePath) throws {
        self.path = path
        guard let status = try FileSystem.status(path) else {
            throw BundleBuildError.badHead(path: path.string, reason: "there is no such file")
        }
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            architecture = try file.closeAfter { try ELFHeader(file, path: path).architecture }
            let size = try Self.size(of: path, link: status)
            head = Head(size: size, sha256: try SHA256Hasher.hash(file: path))
        } catch let error as Errno {
            throw HostError.system("read", path: path.string, errno: error.rawValue)
        }
    }

    private static func size(of path: FilePath, link: FileStatus) throws -> UInt64 {
        if link.kind == .file { return link.size }
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        return try file.closeAfter { UInt64(try file.seek(offset: 0, from: .end)) }
    }
}
