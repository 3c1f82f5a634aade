/// Compares listings of a node's file tree.
enum FileTree {
    /// Paths that may differ after a reset, each with its reason.
    static let resetExceptions: [(prefix: String, reason: String)] = [
        ("/var/log/", "logs of systemd, dpkg and the installer's own log stay for the person who reads them"),
        ("/var/lib/systemd/", "systemd's own state: timers, random seed, catalog"),
        ("/var/lib/dpkg/", "host packages stay installed: other programs may use them by now"),
        ("/var/cache/", "caches of dpkg and the loader"),
        ("/etc/ld.so.cache", "written by the host packages' triggers"),
        ("/root/", "what the test itself carried to the node"),
    ]

    /// Lines that only one of two listings has, without the excepted paths.
    ///
    /// - Parameter exceptions: path prefixes to leave out.
    static func differences(_ before: [String], _ after: [String], exceptions: [String]) -> [String] {
        let old = Set(before)
        let new = Set(after)
        return (old.subtracting(new).map { "- \($0)" } + new.subtracting(old).map { "+ \($0)" })
            .filter { line in !exceptions.contains { path(of: line.dropFirst(2)).hasPrefix($0) } }
            .sorted()
    }

    /// A listing's line starts with the path, ended by a tab.
    static func path(of line: some StringProtocol) -> String {
        String(line.prefix { $0 != "\t" })
    }
}
