#if canImport(Glibc)
    import Glibc
#endif

/// Following symbolic links as containerd does it: by words below the root, with `..` never leading out of it.
extension OpenFolders {
    private static let linkLimit = 255

    enum Place: Equatable {
        case missing, folder, other
        case link(target: [UInt8])
    }

    /// As `open`, with links followed.
    ///
    /// - Returns: a way that no link stops, and the path without links that it goes.
    func follow(_ path: [UInt8]) throws(LayerError) -> (Way, [UInt8]) {
        let way = try open(path)
        guard case .stopped(.link, _, _) = way else { return (way, path) }
        let resolved = try resolve(path)
        let second = try open(resolved)
        if case .stopped(.link, _, _) = second { throw .unsupported("a link that changed", at: path) }
        return (second, resolved)
    }

    /// What stands at a path below the root; a link at its end is not followed.
    ///
    /// - Throws: `unsupported` where a folder on the way is a link: there, containerd asks the host's own files.
    func look(at path: [UInt8]) throws(LayerError) -> Place {
        let (folder, name) = LayerPath.split(path)
        switch try open(folder) {
        case .stopped(.missing, _, _): return .missing
        case .stopped(.notFolder, _, _): throw .refused("a part of the path is no folder", at: path)
        case .stopped(.link, _, _): throw .unsupported("a link that leads over another link", at: path)
        case .open(let descriptor):
            if name.isEmpty { return .folder }
            var status = stat()
            guard name.withPath({ fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
                if errno == ENOENT { return .missing }
                throw .failed("look at", path, errno)
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return .folder
            case S_IFLNK: return .link(target: try target(name, in: descriptor))
            default: return .other
            }
        }
    }

    /// The path without links that a path with links leads to, whether or not its last parts are there.
    func resolve(_ path: [UInt8]) throws(LayerError) -> [UInt8] {
        var path = path
        var links = 0
        while true {
            let before = links
            path = try pass(path, &links)
            guard links == before else { continue }
            let whole = LayerPath.joined([LayerPath.slash], path)
            if whole == path { return Array(whole.dropFirst()) }
            path = whole
        }
    }

    /// Replaces each part that is a link by its target, without looking at the parts that this brings in.
    private func pass(_ path: [UInt8], _ links: inout Int) throws(LayerError) -> [UInt8] {
        let root = [LayerPath.slash]
        var done = path.first == LayerPath.slash || path.isEmpty ? root : []
        for part in path.split(separator: LayerPath.slash) {
            let whole = LayerPath.joined(root, LayerPath.joined(done, part))
            guard links <= Self.linkLimit else { throw .refused("too many links", at: path) }
            guard whole != root, case .link(let target) = try look(at: Array(whole.dropFirst())) else {
                done = whole
                continue
            }
            links += 1
            done = done.isEmpty || target.first == LayerPath.slash ? target : LayerPath.joined(done, target)
        }
        return done
    }

    private func target(_ name: [UInt8], in folder: Int32) throws(LayerError) -> [UInt8] {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = name.withPath { readlinkat(folder, $0, &target, target.count) }
        guard count >= 0 else { throw .failed("read the link", name, errno) }
        return target[..<count].map { UInt8(bitPattern: $0) }
    }
}
