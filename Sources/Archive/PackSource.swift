public import SystemPackage

/// Something that goes into a pack. `path` is relative, without `.` or `..`; `mode` are permission bits.
public enum PackSource: Sendable, Hashable {
    /// A file on disk, read while the pack is written.
    case file(path: String, mode: UInt32, source: FilePath)
    /// A file from memory.
    case bytes(path: String, mode: UInt32, content: [UInt8])
    case directory(path: String, mode: UInt32)
    case symlink(path: String, target: String)

    /// Where the member stands in the pack.
    public var path: String {
        switch self {
        case .file(let path, _, _), .bytes(let path, _, _), .directory(let path, _), .symlink(let path, _): path
        }
    }
}
