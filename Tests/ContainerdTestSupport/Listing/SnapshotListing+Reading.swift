public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension SnapshotListing {
    /// Reads a whole tree. It never goes over a path from the top, so that names of any length and depth can be read.
    ///
    /// - Throws: `ListingError` with the path and errno.
    public static func read(_ root: FilePath) throws -> SnapshotListing {
        let top = open(root.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard top >= 0 else { throw ListingError(call: "open", path: ByteString(root.string), errno: errno) }
        defer { close(top) }
        var reader = TreeReader(top: top)
        try reader.readRoot()
        while let folder = reader.open.popLast() { try reader.readFolder(folder) }
        return SnapshotListing(members: reader.membersWithLinks())
    }
}

/// What could not be read.
public struct ListingError: Error, CustomStringConvertible {
    public let call: String
    public let path: ByteString
    public let errno: Int32

    public var description: String { "\(call) '\(path)': \(Errno(rawValue: errno))" }
}
