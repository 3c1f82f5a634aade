import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Folders that the tar puts something into and does not list.
extension LayerWriter {
    /// Makes one that is missing, with the attributes of the topmost lower layer that has something there.
    ///
    /// - Parameter name: its own name within the path.
    func makeParent(_ path: [UInt8], _ name: Range<Int>, in folder: Int32) throws(LayerError) {
        guard path[name].withPath({ mkdirat(folder, $0, 0o755) }) == 0 else {
            throw .failed("make the folder", path, errno)
        }
        let own = Array(path[..<name.upperBound])
        guard case .open(let made) = try upper.open(own), fchmod(made, 0o755) == 0 else {
            throw .failed("open the folder", own, errno)
        }
        for lower in lowers {
            let (way, path) = try lower.follow(own)
            switch way {
            case .open(let source): return try copy(source, to: made, own)
            case .stopped(.missing, _, _): continue
            // Replaced by something else there: nothing to copy.
            case .stopped(_, _, let name) where name.upperBound == path.count: return
            case .stopped: throw .refused("a part of the path is no folder below", at: own)
            }
        }
    }

    private func copy(_ source: Int32, to made: Int32, _ path: [UInt8]) throws(LayerError) {
        var status = stat()
        guard fstat(source, &status) == 0, fchown(made, status.st_uid, status.st_gid) == 0,
            fchmod(made, status.st_mode & 0o7777) == 0, futimens(made, [status.st_atim, status.st_mtim]) == 0
        else { throw .failed("copy from below the attributes of", path, errno) }
        guard let names = ExtendedAttributes.names(of: source) else {
            if errno == EOPNOTSUPP || errno == ENODATA { return }
            throw .failed("list below the attributes of", path, errno)
        }
        for name in names where strncmp(name, "trusted.", 8) != 0 {
            guard let value = ExtendedAttributes.value(of: name, of: source) else {
                if errno == EOPNOTSUPP || errno == ENODATA { continue }
                throw .failed("read below an attribute of", path, errno)
            }
            let code = value.withUnsafeBytes { ExtendedAttributes.set(name, to: $0, of: made, onlyNew: true) }
            guard [0, EOPNOTSUPP, ENODATA, EEXIST].contains(code) else {
                throw .failed("copy from below an attribute of", path, code)
            }
        }
    }
}
