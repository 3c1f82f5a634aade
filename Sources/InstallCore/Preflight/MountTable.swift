import Host

/// What is mounted where, from /proc/self/mounts.
struct MountTable: Sendable {
    struct Mount: Hashable, Sendable {
        var source: String
        var path: String
        var type: String
        var options: [String]
    }

    let mounts: [Mount]

    init(root: HostRoot) {
        let content = (try? FileSystem.text(root.resolve("/proc/self/mounts"))) ?? ""
        mounts = content.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ").map(Self.unescaped)
            guard fields.count >= 4 else { return nil }
            return Mount(
                source: fields[0], path: fields[1], type: fields[2],
                options: fields[3].split(separator: ",").map(String.init))
        }
    }

    /// The mount that holds a path: the longest one above it, the last if several are stacked.
    func mount(of path: String) -> Mount? {
        mounts.filter { path == $0.path || $0.path == "/" || path.hasPrefix($0.path + "/") }
            .max { ($0.path.utf8.count) < $1.path.utf8.count }
    }

    /// Mounts at or below a folder, deepest first.
    func below(_ folder: String) -> [Mount] {
        mounts.filter { $0.path == folder || $0.path.hasPrefix(folder + "/") }
            .sorted { $0.path.utf8.count > $1.path.utf8.count }
    }

    /// The kernel writes spaces and backslashes as octal.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
