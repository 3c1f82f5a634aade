import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// An empty folder that goes with its owner.
final class ScratchFolder: Sendable {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/kubeferry-host-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit { Self.removeTree(path) }

    /// A path below the folder.
    func file(_ name: String) -> FilePath { path.appending(name) }

    private static func removeTree(_ path: FilePath) {
        if let status = try? FileSystem.status(path), status.kind == .directory {
            for name in (try? FileSystem.list(path)) ?? [] { removeTree(path.appending(name)) }
        }
        try? FileSystem.remove(path)
    }
}
