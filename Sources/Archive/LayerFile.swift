public import BundleModel
import CArchive
import Signing
public import SystemPackage

/// An image's layer on disk as it was published: a tar, plain or compressed by gzip or zstd. Which one its first bytes
/// tell, as containerd finds out too: media types are wrong now and then.
public struct LayerFile: Hashable, Sendable {
    public let path: FilePath

    public init(_ path: FilePath) { self.path = path }

    /// What a layer is, seen from both sides.
    public struct Measure: Hashable, Sendable {
        /// Of the file.
        public var blob: SHA256Digest
        /// Bytes of the file.
        public var blobSize: UInt64
        /// Of the plain tar.
        public var diffID: SHA256Digest
        /// Bytes of the plain tar.
        public var size: UInt64
    }

    /// The bytes of the plain tar, decompressed as they are asked for.
    ///
    /// - Throws: `ArchiveError`.
    public func open() throws -> any ByteSource { try Unpacked(FileByteSource(path), name: path.string) }

    /// Reads the file once, to its last byte, and keeps nothing of it.
    ///
    /// - Parameter limit: bytes of the plain tar at most.
    /// - Throws: `ArchiveError.corrupt` for what does not decompress, or to more than the limit.
    public func measure(limit: UInt64 = ImageMember.layerLimit) throws -> Measure {
        let file = Counted(try FileByteSource(path))
        let unpacked = try Unpacked(file, name: path.string)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        let hasher = SHA256Hasher()
        var size: UInt64 = 0
        while true {
            let count = try unpacked.read(into: buffer)
            if count == 0 { break }
            size += UInt64(count)
            guard size <= limit else {
                throw ArchiveError.corrupt(
                    archive: path.string, offset: file.count, reason: "unpacks to more than \(limit) bytes")
            }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        // What stands behind the compressed stream is of the blob too.
        while try file.read(into: buffer) > 0 {}
        return Measure(blob: file.hasher.finish(), blobSize: file.count, diffID: hasher.finish(), size: size)
    }

    /// The file's own bytes, counted and hashed on the way.
    private final class Counted: ByteSource {
        private let source: any ByteSource
        let hasher = SHA256Hasher()
        private(set) var count: UInt64 = 0

        init(_ source: any ByteSource) { self.source = source }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let read = try source.read(into: buffer)
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
            count += UInt64(read)
            return read
        }
    }

    private final class Unpacked: ByteSource {
        private let reader: LibraryReader
        private let isEmpty: Bool

        init(_ source: any ByteSource, name: String) throws {
            reader = try LibraryReader(source, name: name) { archive in
                _ = archive_read_support_filter_gzip(archive)
                _ = archive_read_support_filter_zstd(archive)
                // Not as tar: every byte is wanted, padding and all.
                _ = archive_read_support_format_empty(archive)
                return archive_read_support_format_raw(archive)
            }
            isEmpty = try reader.nextHeader() == nil
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            isEmpty ? 0 : try reader.read(into: buffer)
        }
    }
}
