import BundleModel
import FoundationEssentials
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A folder for half-made things beside the output, on the same file system; gone when the work ends, however it ends.
final class Workspace: Sendable {
    let path: FilePath

    /// - Parameter output: the file that the work will give.
    /// - Throws: `BundleBuildError.badOption` where its folder does not exist: more often a slip than a wish.
    init(beside output: FilePath) throws {
        let parent = output.removingLastComponent()
        let folder = parent.isEmpty ? FilePath(".") : parent
        guard FileSystem.exists(folder) else {
            throw BundleBuildError.badOption(
                "--output", value: output.string, expected: "a file in a folder that exists")
        }
        path = folder.appending(".\(output.lastComponent?.string ?? "bundle").\(getpid()).work")
        try FileSystem.makeDirectories(path, mode: 0o700)
    }

    func folder(_ name: String) throws -> FilePath {
        let folder = path.appending(name)
        try FileSystem.makeDirectories(folder)
        return folder
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    deinit { remove() }
}
