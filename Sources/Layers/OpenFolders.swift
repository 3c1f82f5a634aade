#if canImport(Glibc)
    import Glibc
#endif

/// The folders on the way to the one that was asked for last, kept open: members of a tar come folder by folder.
///
/// Each step is one name, and no symbolic link is followed, so nothing outside the root is ever reached.
final class OpenFolders {
    /// What stops the way down.
    enum Obstacle { case missing, link, notFolder }

    enum Way {
        case open(Int32)
        /// `folder` is the last one that could be opened; the name that stops lies at `name` within the path.
        case stopped(Obstacle, folder: Int32, name: Range<Int>)
    }

    /// Open files of one way at most: beyond that, a level stands for several names.
    private static let limit = 48

    let root: Int32
    private var path: [UInt8] = []
    private var levels: [(end: Int, descriptor: Int32)] = []

    /// - Parameter root: a folder's descriptor, closed with this object.
    init(root: Int32) {
        self.root = root
    }

    deinit {
        forget()
        close(root)
    }

    /// The folder at a path below the root that has no `.`, `..` or empty parts.
    ///
    /// - Returns: descriptors that stay open until the next call.
    func open(_ wanted: [UInt8]) throws(LayerError) -> Way {
        backUp(to: wanted)
        var start = levels.last.map { $0.end + 1 } ?? 0
        while start < wanted.count {
            let end = wanted[start...].firstIndex(of: LayerPath.slash) ?? wanted.count
            let here = levels.last?.descriptor ?? root
            let opened = Self.openFolder(wanted[start..<end], in: here)
            guard opened >= 0 else {
                return .stopped(try obstacle(errno, wanted[start..<end], in: here), folder: here, name: start..<end)
            }
            if levels.count == Self.limit, let last = levels.popLast() { close(last.descriptor) }
            levels.append((end, opened))
            path.append(contentsOf: wanted[path.count..<end])
            start = end + 1
        }
        return .open(levels.last?.descriptor ?? root)
    }

    /// To be called when a folder or a link was taken away: what is open may not stand at its path any more.
    func forget() {
        for level in levels { close(level.descriptor) }
        levels.removeAll(keepingCapacity: true)
        path.removeAll(keepingCapacity: true)
    }

    /// Opens for reading; negative with errno set where that does not go.
    static func openFolder(_ name: some Collection<UInt8>, in folder: Int32) -> Int32 {
        name.withPath { openat(folder, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }

    private func backUp(to wanted: [UInt8]) {
        var common = 0
        while common < min(path.count, wanted.count), path[common] == wanted[common] { common += 1 }
        while let last = levels.last,
            last.end > common || (last.end < wanted.count && wanted[last.end] != LayerPath.slash)
        {
            close(last.descriptor)
            levels.removeLast()
        }
        path.removeSubrange((levels.last?.end ?? 0)...)
    }

    private func obstacle(
        _ code: Int32, _ name: ArraySlice<UInt8>, in folder: Int32
    ) throws(LayerError) -> Obstacle {
        switch code {
        case ENOENT: return .missing
        case ENOTDIR, ELOOP:
            var status = stat()
            let result = name.withPath { fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }
            guard result == 0 else { throw LayerError.failed("look at", name, errno) }
            return status.st_mode & S_IFMT == S_IFLNK ? .link : .notFolder
        default: throw LayerError.failed("open the folder", name, code)
        }
    }
}
