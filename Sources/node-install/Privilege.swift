import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// Who runs this program.
enum Privilege {
    /// - Throws: `InstallError.notRoot`.
    static func requireRoot() throws {
        guard geteuid() == 0 else { throw InstallError.notRoot(uid: geteuid()) }
    }
}
