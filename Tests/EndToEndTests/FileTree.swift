/// Compares listings of a node's file tree.
enum FileTree {
    /// Paths that may differ after a reset, each with its reason.
    static let resetExceptions: [(prefix: String, reason: String)] = [
        ("/var/log/", "logs of systemd, dpkg and the installer's own log stay for the person who reads them"),
        ("/var/lib/systemd/", "systemd's own state: timers, random seed, catalog"),
        ("/var/lib/dpkg/", "dpkg writes its records anew; the files of the packages themselves are compared"),
        ("/var/cache/", "caches of dpkg and the loader"),
        ("/etc/ld.so.cache", "written by the host packages' triggers"),
        ("/root/", "what the test itself carried to the node"),
    ]

    /// Lines that only one of two listings has, without the excepted paths. A line begins with its path.
    ///
    /// - Parameter exceptions: path prefixes to leave out.
    static func differences(_ before: [String], _ after: [String], exceptions: [String]) -> [String] {
        let old = Set(before)
        let new = Set(after)
        return (old.subtracting(new).map { "- \($0)" } + new.subtracting(old).map { "+ \($0)" })
            .filter { line in !exceptions.contains { line.dropFirst(2).hasPrefix($0) } }
            .sorted()
    }
}
