import FoundationEssentials
import SystemPackage

/// A folder of its own, removed with its owner.
final class ScratchFolder: Sendable {
    let path: FilePath

    init() throws {
        let root = FileManager.default.temporaryDirectory.path
        path = FilePath(root).appending("kubeferry-build-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
