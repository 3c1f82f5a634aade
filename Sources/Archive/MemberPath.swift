/// Decides which names a member may have, for packing and unpacking alike.
enum MemberPath {
    /// - Returns: why the name is refused; nil when it is fine.
    static func problem(_ path: String) -> String? {
        if path.isEmpty { return "the name is empty" }
        if path.hasPrefix("/") { return "the name is absolute" }
        if path.utf8.count > 4096 { return "the name is longer than 4096 bytes" }
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "the name has a control character" }
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case "": return "the name has an empty component"
            case ".", "..": return "the name has a '\(part)' component"
            default: if part.utf8.count > 255 { return "a component is longer than 255 bytes" }
            }
        }
        return nil
    }

    /// What archives write for a folder or with a leading `./`, as a plain relative path.
    static func normalised(_ raw: String) -> String {
        var path = raw[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    /// - Returns: why a symlink at `path` must not point to `target`; nil when it stays inside the root.
    static func problem(linkAt path: String, to target: String) -> String? {
        if target.isEmpty { return "the link's target is empty" }
        if target.hasPrefix("/") { return "the link's target '\(target)' is absolute" }
        if target.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "the target has a control character" }
        var depth = path.split(separator: "/").count - 1
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            if depth < 0 { return "the link's target '\(target)' leaves the folder" }
        }
        return nil
    }
}
