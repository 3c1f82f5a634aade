/// Decides which names a member may have, for packing and unpacking alike.
///
/// Everything here looks at bytes, as the kernel does: a slash with a combining mark after it is another Character than
/// a slash, and still separates folders.
enum MemberPath {
    private static let slash = UInt8(ascii: "/")
    /// Bytes of the longest name.
    static let limit = 4096
    /// More folders within each other than this are an attack on time.
    static let depthLimit = 32
    /// What the name of a file that is not whole yet ends with; it starts with a dot.
    private static let temporarySuffix = ".node-install"

    /// The name of a file until it is whole.
    static func temporary(_ name: String) -> String { ".\(name)\(temporarySuffix)" }

    /// The names between the slashes.
    static func components(_ path: String) -> [String] {
        path.utf8.split(separator: slash).map { String(Substring($0)) }
    }

    /// - Returns: why the name is refused; nil when it is fine.
    static func problem(_ path: String) -> String? {
        let bytes = path.utf8
        if bytes.isEmpty { return "the name is empty" }
        if bytes.first == slash { return "the name is absolute" }
        if bytes.count > limit { return "the name is longer than \(limit) bytes" }
        if hasControlCharacter(path) { return "the name has a control character" }
        let parts = bytes.split(separator: slash, omittingEmptySubsequences: false)
        if parts.count > depthLimit { return "the name has more than \(depthLimit) components" }
        for part in parts {
            if part.isEmpty { return "the name has an empty component" }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
                return "the name has a '\(Substring(part))' component"
            }
            if part.count > 255 { return "a component is longer than 255 bytes" }
            if part.first == UInt8(ascii: "."), part.count > temporarySuffix.utf8.count,
                part.suffix(temporarySuffix.utf8.count).elementsEqual(temporarySuffix.utf8)
            {
                return "the name is kept for files that are not whole yet"
            }
        }
        return nil
    }

    /// What archives write for a folder or with a leading `./`, as a plain relative path.
    static func normalised(_ raw: String) -> String {
        var path = Substring(raw).utf8
        while path.starts(with: "./".utf8) { path = path.dropFirst(2) }
        while path.count > 1, path.last == slash { path = path.dropLast() }
        return String(Substring(path))
    }

    /// - Returns: why a symlink at `path` must not point to `target`; nil when it stays inside the root.
    static func problem(linkAt path: String, to target: String) -> String? {
        let bytes = target.utf8
        if bytes.isEmpty { return "the link's target is empty" }
        if bytes.first == slash { return "the link's target '\(target)' is absolute" }
        if bytes.count > limit { return "the link's target is longer than \(limit) bytes" }
        if hasControlCharacter(target) { return "the target has a control character" }
        var depth = path.utf8.split(separator: slash).count - 1
        for part in bytes.split(separator: slash) where !part.elementsEqual(".".utf8) {
            depth += part.elementsEqual("..".utf8) ? -1 : 1
            if depth < 0 { return "the link's target '\(target)' leaves the folder" }
        }
        return nil
    }

    private static func hasControlCharacter(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
    }
}
