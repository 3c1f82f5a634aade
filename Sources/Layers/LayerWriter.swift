import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Puts the members of one layer in their places, one after the other. By one thread.
final class LayerWriter {
    /// A member's name within an open folder. Used at once: the folder is closed as others are opened.
    struct Spot {
        let folder: Int32
        let name: [UInt8]
    }

    let upper: OpenFolders
    /// The same root, for the targets of hard links: they lie elsewhere than the members around them.
    private let targets: OpenFolders
    /// Empty for the lowest layer.
    let lowers: [OpenFolders]
    private let rootLength: Int
    /// The last folder of a member whose way led over links, and where that is.
    private var alias: (raw: [UInt8], resolved: [UInt8])?
    /// Folders that the tar lists, in its order: what comes into them later changes their times.
    private var listed: [(path: [UInt8], accessed: timespec, modified: timespec)] = []

    init(upper: FileDescriptor, lowers: [FilePath]) throws(LayerError) {
        self.upper = OpenFolders(root: try Self.open(".", in: upper.rawValue))
        targets = OpenFolders(root: try Self.open(".", in: upper.rawValue))
        var opened: [OpenFolders] = []
        for lower in lowers { opened.append(OpenFolders(root: try Self.open(lower.string, in: AT_FDCWD))) }
        self.lowers = opened
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        rootLength = max(0, readlink("/proc/self/fd/\(upper.rawValue)", &path, path.count))
    }

    private static func open(_ path: String, in folder: Int32) throws(LayerError) -> Int32 {
        let opened = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .system("open", path: path, errno: errno) }
        return opened
    }

    func write(_ entry: LayerEntry, from reader: LayerReader) throws {
        let path = LayerPath.rooted(entry.name)
        // The root itself keeps what the snapshot has.
        guard !path.isEmpty else { return }
        try entry.check(rootLength: rootLength)
        let (raw, name) = LayerPath.split(path)
        let (folder, parent) = try self.folder(raw)
        let spot = Spot(folder: folder, name: name)
        if try writeWhiteout(entry, spot) { return }
        switch entry.kind {
        case .file: try writeFile(entry, spot, from: reader)
        case .folder:
            try writeFolder(entry, spot, path: parent.isEmpty ? name : parent + [LayerPath.slash] + name)
            listed.append((path, entry.accessed.bounded, entry.modified.bounded))
        case .hardLink: try writeHardLink(entry, spot)
        case .symbolicLink, .characterDevice, .blockDevice, .fifo: try writeSpecial(entry, spot)
        }
    }

    /// Gives the listed folders their times, which what was put into them has changed.
    func finish() throws(LayerError) {
        for (path, accessed, modified) in listed {
            let times = [accessed, modified]
            let failure: Int32
            switch try upper.open(path) {
            case .open(let folder): failure = futimens(folder, times) == 0 ? 0 : errno
            case .stopped:
                // No folder any more: the times go to what stands there now, or where a link there leads.
                let (raw, name) = LayerPath.split(try upper.resolve(path))
                guard case .open(let folder) = try upper.open(raw) else {
                    throw .refused("the folder is gone before its times are set", at: path)
                }
                let last = name.isEmpty ? [UInt8(ascii: ".")] : name
                failure = last.withPath { utimensat(folder, $0, times, AT_SYMLINK_NOFOLLOW) } == 0 ? 0 : errno
            }
            guard failure == 0 else { throw .failed("set the times of", path, failure) }
        }
    }

    /// The open folder that a path without `.` and `..` leads to, made where it is missing, and its path without links.
    private func folder(_ raw: [UInt8]) throws(LayerError) -> (Int32, [UInt8]) {
        var known = alias.flatMap { $0.raw == raw ? $0.resolved : nil } ?? raw
        while true {
            let (way, path) = try upper.follow(known)
            if path != known {
                alias = (raw, path)
                known = path
            }
            switch way {
            case .open(let descriptor): return (descriptor, path)
            case .stopped(.missing, let here, let name): try makeParent(path, name, in: here)
            case .stopped: throw .refused("a part of the path is no folder", at: path)
            }
        }
    }

    /// Where a hard link's target is to be.
    func target(of entry: LayerEntry) throws(LayerError) -> Spot {
        let (raw, name) = LayerPath.split(entry.link)
        guard case .open(let folder) = try targets.follow(LayerPath.rooted(raw)).0 else {
            throw .refused("a hard link to nothing", at: entry.name)
        }
        return Spot(folder: folder, name: name)
    }

    /// After a folder or a link was removed: ways over it lead elsewhere now. What `upper` has open are the folders
    /// above it, which are still where they were.
    func forgetWays() {
        targets.forget()
        alias = nil
    }
}
