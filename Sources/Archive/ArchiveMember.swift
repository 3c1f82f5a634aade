public import BundleModel

/// A member of a tar as its header describes it.
public struct ArchiveMember: Hashable, Sendable {
    /// Relative, without `.`, `..` or empty components.
    public let path: String
    public let kind: Pack.Member.Kind
    /// Permission bits with setuid, setgid and sticky.
    public let mode: UInt32
    /// Bytes of a file's content, else 0.
    public let size: UInt64
    /// Target of a symbolic link.
    public let target: String?

    public init(path: String, kind: Pack.Member.Kind, mode: UInt32, size: UInt64, target: String? = nil) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.size = size
        self.target = target
    }
}
