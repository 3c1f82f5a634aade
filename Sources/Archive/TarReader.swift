import BundleModel
import CArchive

#if canImport(Glibc)
    import Glibc
#endif

/// Reads the members of a tar, compressed by gzip, xz, zstd or not at all. For one pass, by one thread; blocks.
final class TarReader {
    private final class Feed {
        let source: any ByteSource
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        var failure: (any Error)?

        init(_ source: any ByteSource) { self.source = source }
        deinit { buffer.deallocate() }
    }

    private let archive: OpaquePointer
    private let feed: Feed
    private let name: String

    /// - Parameter filters: whether the source may be compressed. Not for a pack, which is decompressed under its own
    ///   limits by then.
    init(_ source: any ByteSource, name: String, filters: Bool) throws {
        self.name = name
        feed = Feed(source)
        guard let made = archive_read_new() else {
            throw ArchiveError.library(call: "archive_read_new", reason: "memory")
        }
        archive = made
        // Named one by one: the *_all calls pull in libraries that a static program cannot have.
        if filters {
            _ = archive_read_support_filter_gzip(made)
            _ = archive_read_support_filter_xz(made)
            _ = archive_read_support_filter_zstd(made)
        }
        _ = archive_read_support_format_tar(made)
        // The end mark does not end the reading: what comes after it must be zeros, and the source be read to its last
        // byte, where a compressed stream has its checksum.
        guard archive_read_set_format_option(made, "tar", "read_concatenated_archives", "1") == ARCHIVE_OK else {
            throw failure()
        }
        let code = archive_read_open(
            made, Unmanaged.passUnretained(feed).toOpaque(), nil,
            { _, context, block in
                guard let context else { return -1 }
                let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
                do {
                    let count = try feed.source.read(into: feed.buffer)
                    block?.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
                    return count
                } catch {
                    feed.failure = error
                    return -1
                }
            }, nil)
        guard code == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

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
            var entry: OpaquePointer?
            let code = archive_read_next_header(archive, &entry)
            if code == ARCHIVE_EOF { return nil }
            // A warning is a header that is not fully understood: not for us to guess.
            guard code == ARCHIVE_OK, let entry else { throw failure() }
            guard let raw = archive_entry_pathname(entry) else { throw failure() }
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
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure() }
        return count
    }

    private func failure() -> any Error {
        if let failure = feed.failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        let offset = archive_filter_bytes(archive, -1)
        return ArchiveError.corrupt(archive: name, offset: UInt64(max(0, offset)), reason: reason)
    }
}
