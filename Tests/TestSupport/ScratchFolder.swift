import FoundationEssentials
public import SystemPackage

/// An empty folder of its own, removed with its owner.
public final class ScratchFolder: Sendable {
    public let path: FilePath

    public init() throws {
        let root = FileManager.default.temporaryDirectory.path
        path = FilePath(root).appending("kubeferry-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// A path below the folder.
    public func file(_ name: String) -> FilePath { path.appending(name) }
}
