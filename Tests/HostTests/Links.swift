import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A symbolic link for a test to trip over.
func makeLink(_ path: FilePath, to target: String) throws {
    guard symlink(target, path.string) == 0 else { throw Errno(rawValue: errno) }
}
