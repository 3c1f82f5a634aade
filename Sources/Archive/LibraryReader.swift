import CArchive

/// libarchive's reading end, fed from a source. For one pass, by one thread; blocks.
final class LibraryReader {
    private final class Feed {
        let source: any ByteSource
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        var failure: (any Error)?

        init(_ source: any ByteSource) { self.source = source }
        deinit { buffer.deallocate() }
    }

    let archive: OpaquePointer
    private let feed: Feed
    private let name: String

    /// - Parameter configure: names the formats and filters; anything but ARCHIVE_OK ends it.
    init(_ source: any ByteSource, name: String, configure: (OpaquePointer) -> Int32) throws {
        self.name = name
        feed = Feed(source)
        guard let made = archive_read_new() else {
            throw ArchiveError.library(call: "archive_read_new", reason: "memory")
        }
        archive = made
        guard configure(made) == ARCHIVE_OK else { throw failure() }
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

    /// The next header; nil at the end.
    func nextHeader() throws -> OpaquePointer? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF { return nil }
        // A warning is a header that is not fully understood: not for us to guess.
        guard code == ARCHIVE_OK, let entry else { throw failure() }
        return entry
    }

    /// Fills the buffer with the current member's content; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure() }
        return count
    }

    /// Bytes of the source that belonged to what was read, as the innermost filter sees it.
    var consumed: UInt64 { UInt64(max(0, archive_filter_bytes(archive, -1))) }

    /// What the source ran into, else what the library says.
    func failure() -> any Error {
        if let failure = feed.failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        return ArchiveError.corrupt(archive: name, offset: consumed, reason: reason)
    }
}
