import BundleModel
import CArchive

#if canImport(Glibc)
    import Glibc
#endif

/// Reads the members of a tar, compressed by gzip, xz, zstd or not at all. For one pass, by one thread; blocks.
final class TarReader {
    private let reader: LibraryReader
    private let name: String

    /// - Parameter filters: whether the source may be compressed. Not for a pack, which is decompressed under its own
    ///   limits by then.
    init(_ source: any ByteSource, name: String, filters: Bool) throws {
        self.name = name
        reader = try LibraryReader(source, name: name) { archive in
            // Named one by one: the *_all calls pull in libraries that a static program cannot have.
            if filters {
                _ = archive_read_support_filter_gzip(archive)
                _ = archive_read_support_filter_xz(archive)
                _ = archive_read_support_filter_zstd(archive)
            }
            _ = archive_read_support_format_tar(archive)
            // The end mark does not end the reading: what comes after it must be zeros, and the source be read to its
            // last byte, where a compressed stream has its checksum.
            return archive_read_set_format_option(archive, "tar", "read_concatenated_archives", "1")
        }
    }

    /// The next member; nil at the end of the source, which is the end of the tar.
    ///
    /// - Throws: `ArchiveError.hostileMember` for what no pack may hold, `.corrupt`, and what the source throws.
    func next() throws -> ArchiveMember? {
        guard let (path, entry) = try nextEntry() else { return nil }
        if let problem = MemberPath.problem(path) {
            throw ArchiveError.hostileMember(path, archive: name, reason: problem)
        }
        if archive_entry_hardlink(entry) != nil {
            throw ArchiveError.hostileMember(path, archive: name, reason: "a hard link")
        }
        let mode = UInt32(archive_entry_perm(entry))
        switch archive_entry_filetype(entry) {
        case S_IFREG:
            return ArchiveMember(path: path, kind: .file, mode: mode, size: UInt64(max(0, archive_entry_size(entry))))
        case S_IFDIR: return ArchiveMember(path: path, kind: .directory, mode: mode, size: 0)
        case S_IFLNK:
            let target = archive_entry_symlink(entry).map { String(cString: $0) } ?? ""
            if let problem = MemberPath.problem(linkAt: path, to: target) {
                throw ArchiveError.hostileMember(path, archive: name, reason: problem)
            }
            return ArchiveMember(path: path, kind: .symlink, mode: mode, size: 0, target: target)
        default:
            throw ArchiveError.hostileMember(
                path, archive: name, reason: "neither a file, a folder nor a symbolic link")
        }
    }

    /// The next header that names anything but the folder itself.
    private func nextEntry() throws -> (path: String, pointer: OpaquePointer)? {
        while true {
            guard let entry = try reader.nextHeader() else { return nil }
            guard let raw = archive_entry_pathname(entry) else { throw reader.failure() }
            guard strlen(raw) <= 2 * MemberPath.limit else {
                throw ArchiveError.hostileMember(
                    "…", archive: name, reason: "the name is longer than \(MemberPath.limit) bytes")
            }
            let path = MemberPath.normalised(String(cString: raw))
            if !path.isEmpty, path != "." { return (path, entry) }
        }
    }

    /// Fills the buffer with the current member's content; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try reader.read(into: buffer)
    }
}
