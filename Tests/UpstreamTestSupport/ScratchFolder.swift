import FoundationEssentials
public import SystemPackage

/// A folder of its own, removed with its owner.
public final class ScratchFolder: Sendable {
    public let path: FilePath

    public init() throws {
        let root = FileManager.default.temporaryDirectory.path
        path = FilePath(root).appending("kubeferry-build-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
