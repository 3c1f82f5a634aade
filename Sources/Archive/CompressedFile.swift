import CArchive
public import SystemPackage

/// A file that may be compressed by gzip, xz or zstd, as one stream of what is inside.
public final class CompressedFile: ByteSource {
    private let reader: LibraryReader
    private let isEmpty: Bool

    /// - Throws: `ArchiveError`.
    public init(_ path: FilePath) throws {
        reader = try LibraryReader(FileByteSource(path), name: path.string) { archive in
            _ = archive_read_support_filter_gzip(archive)
            _ = archive_read_support_filter_xz(archive)
            _ = archive_read_support_filter_zstd(archive)
            _ = archive_read_support_format_empty(archive)
            return archive_read_support_format_raw(archive)
        }
        isEmpty = try reader.nextHeader() == nil
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        isEmpty ? 0 : try reader.read(into: buffer)
    }
}
