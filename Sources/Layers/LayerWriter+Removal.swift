#if canImport(Glibc)
    import Glibc
#endif

extension LayerWriter {
    /// Folders within each other that are removed by one open file each.
    private static let depthLimit = 256

    /// The type bits of what stands there; nil where nothing does.
    func kind(of spot: Spot) throws(LayerError) -> mode_t? {
        var status = stat()
        guard spot.name.withPath({ fstatat(spot.folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            if errno == ENOENT { return nil }
            throw .failed("look at", spot.name, errno)
        }
        return status.st_mode & S_IFMT
    }

    /// Removes what stands there, with all that it holds; nothing there is fine.
    func clear(_ spot: Spot) throws(LayerError) {
        if try kind(of: spot) != nil { try remove(spot) }
    }

    /// Removes what stands there, with all that it holds.
    func remove(_ spot: Spot) throws(LayerError) {
        let kind = try kind(of: spot)
        if kind == S_IFDIR {
            try Self.removeFolder(spot.name, in: spot.folder, depth: 0)
        } else if spot.name.withPath({ unlinkat(spot.folder, $0, 0) }) != 0 {
            throw .failed("remove", spot.name, errno)
        }
        if kind == S_IFDIR || kind == S_IFLNK { forgetWays() }
    }

    private static func removeFolder(_ name: [UInt8], in parent: Int32, depth: Int) throws(LayerError) {
        guard depth < depthLimit else { throw .unsupported("more than \(depthLimit) folders within each other go") }
        let folder = OpenFolders.openFolder(name, in: parent)
        guard folder >= 0 else { throw .failed("open the folder", name, errno) }
        defer { close(folder) }
        for (name, isFolder) in try names(in: folder) {
            if isFolder {
                try removeFolder(name, in: folder, depth: depth + 1)
            } else if name.withPath({ unlinkat(folder, $0, 0) }) != 0 {
                throw .failed("remove", name, errno)
            }
        }
        guard name.withPath({ unlinkat(parent, $0, AT_REMOVEDIR) }) == 0 else { throw .failed("remove", name, errno) }
    }

    /// What a folder holds, without `.` and `..`.
    static func names(in folder: Int32) throws(LayerError) -> [(name: [UInt8], isFolder: Bool)] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw .failed("list", [], errno) }
        defer { closedir(stream) }
        var names: [(name: [UInt8], isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
                }
            }
            guard !LayerPath.isNoName(name) else { continue }
            var isFolder = Int(entry.pointee.d_type) == Int(DT_DIR)
            if Int(entry.pointee.d_type) == Int(DT_UNKNOWN) {
                var status = stat()
                guard name.withPath({ fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
                    throw .failed("look at", name, errno)
                }
                isFolder = status.st_mode & S_IFMT == S_IFDIR
            }
            names.append((name, isFolder))
        }
        return names
    }
}
