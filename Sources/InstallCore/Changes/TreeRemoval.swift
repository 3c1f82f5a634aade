import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Removes a tree without following links and without leaving its file system, as `rm -r --one-file-system` does.
struct TreeRemoval {
    let device: UInt64
    private(set) var problems: [String] = []

    init(device: UInt64) {
        self.device = device
    }

    static func device(of path: FilePath) throws -> UInt64 {
        var status = stat()
        guard lstat(path.string, &status) == 0 else {
            throw HostError.system("look at", path: path.string, errno: errno)
        }
        return UInt64(status.st_dev)
    }

    /// Removes what is in a folder but for some names; a folder that is reached by a link counts, no folder is fine.
    ///
    /// - Returns: what could not be removed, and why.
    static func empty(_ folder: FilePath, keeping kept: [String]) throws -> [String] {
        // The folder itself, where the path names a link to it.
        let inside = FilePath(folder.string + "/.")
        guard let status = try FileSystem.status(inside), status.kind == .directory else { return [] }
        var tree = TreeRemoval(device: try device(of: inside))
        for name in try FileSystem.list(folder) where !kept.contains(name) { tree.remove(folder.appending(name)) }
        return tree.problems
    }

    /// Removes an empty folder.
    ///
    /// - Returns: as `empty`.
    static func removed(_ folder: FilePath) throws -> [String] {
        var tree = TreeRemoval(device: try device(of: folder))
        tree.removeFolder(folder)
        return tree.problems
    }

    mutating func remove(_ path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        guard UInt64(status.st_dev) == device else {
            problems.append("\(path.string) is on another file system")
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if unlink(path.string) != 0, errno != ENOENT {
                problems.append("\(path.string): \(Errno(rawValue: errno))")
            }
            return
        }
        let names = (try? FileSystem.list(path)) ?? []
        for name in names { remove(path.appending(name)) }
        removeFolder(path)
    }

    mutating func removeFolder(_ path: FilePath) {
        if rmdir(path.string) != 0, errno != ENOENT { problems.append("\(path.string): \(Errno(rawValue: errno))") }
    }
}
