#if canImport(Glibc)
    internal import Glibc
#endif

/// What lstat(2) says of a path, as far as this project asks.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        case symlink
        case other
    }

    public let kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    public let mode: UInt16
    public let owner: UInt32
    public let group: UInt32
    /// Bytes.
    public let size: UInt64
    /// Nanoseconds since 1970.
    public let modificationTime: Int64

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symlink
        default: kind = .other
        }
        mode = UInt16(status.st_mode & 0o7777)
        owner = status.st_uid
        group = status.st_gid
        size = UInt64(status.st_size)
        modificationTime = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
