public import BundleModel
public import SystemPackage

/// Something that goes into a pack. `path` is relative, without `.` or `..`; `mode` are permission bits.
public enum PackSource: Sendable, Hashable {
    /// A file on disk, read while the pack is written.
    case file(path: String, mode: UInt32, source: FilePath)
    /// A file from memory.
    case bytes(path: String, mode: UInt32, content: [UInt8])
    /// A layer, decompressed while the pack is written. `size`, bytes, and `sha256` are of the plain tar, as
    /// `LayerFile.measure` gave them; anything else ends the writing. `appliedBy` goes into the index.
    case layer(
        path: String, mode: UInt32, source: LayerFile, size: UInt64, sha256: SHA256Digest,
        appliedBy: Pack.Member.Applier? = nil)
    case directory(path: String, mode: UInt32)
    case symlink(path: String, target: String)

    /// Where the member stands in the pack.
    public var path: String {
        switch self {
        case .file(let path, _, _), .bytes(let path, _, _), .layer(let path, _, _, _, _, _), .directory(let path, _),
            .symlink(let path, _):
            path
        }
    }
}
