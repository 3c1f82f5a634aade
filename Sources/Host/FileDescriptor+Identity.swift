public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension FileDescriptor {
    /// Whether a path still names this open file: not another one that was put in its place, and not a link to it.
    ///
    /// Who waits for a lock on a file asks this once it is held: its last holder may have moved or removed the file.
    public func isAt(_ path: FilePath) -> Bool {
        var held = Glibc.stat()
        var named = Glibc.stat()
        return fstat(rawValue, &held) == 0 && lstat(path.string, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }
}
