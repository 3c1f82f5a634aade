public import BundleModel

/// One member of a file tree with all its metadata.
public struct SnapshotMember: Hashable, Sendable {
    /// Stands for any moment of the load: what no entry gives a time has the time when it was made.
    public static let now = Int64.max

    public enum Kind: String, Sendable {
        case file, directory, symlink, character, block, fifo, socket
    }

    public var kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt16
    public var owner: UInt32
    public var group: UInt32
    /// Bytes; 0 for folders, whose size tells of the file system's past.
    public var size: UInt64
    /// Seconds since 1970; `SnapshotMember.now` where the time is that of the load itself.
    public var seconds: Int64
    public var nanoseconds: Int64
    /// Of device nodes.
    public var major: UInt32
    public var minor: UInt32
    /// Of symbolic links.
    public var target: ByteString?
    /// All paths of the same inode, where it has several. Paths are relative to the tree's root.
    public var hardLinks: [ByteString]
    /// All extended attributes.
    public var attributes: [ByteString: ByteString]
    /// Of a file's content.
    public var digest: SHA256Digest?
}

extension SnapshotMember: CustomStringConvertible {
    public var description: String { fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

    /// Every field that says something, as text.
    var fields: [(name: String, value: String)] {
        var fields = [
            ("kind", kind.rawValue), ("mode", String(mode, radix: 8)), ("owner", "\(owner):\(group)"),
            ("size", "\(size)"), ("modified", "\(seconds)s+\(nanoseconds)ns"),
        ]
        if kind == .character || kind == .block { fields.append(("device", "\(major):\(minor)")) }
        if let target { fields.append(("target", "'\(target)'")) }
        if !hardLinks.isEmpty { fields.append(("links", "\(hardLinks)")) }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { fields.append(("\(name)", "'\(value)'")) }
        if let digest { fields.append(("content", digest.hex)) }
        return fields
    }
}
