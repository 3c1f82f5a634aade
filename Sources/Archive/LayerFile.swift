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
        try measure(limit: limit) { _ in }.measure
    }

    /// Reads the file once, to its last byte, while somebody else looks at the plain tar.
    ///
    /// - Parameters:
    ///   - limit: bytes of the plain tar at most.
    ///   - look: may leave any of it unread.
    /// - Throws: `ArchiveError.corrupt` for what does not decompress, or to more than the limit, or has something behind
    ///   its end; what `look` throws.
    public func measure<Finding>(
        limit: UInt64 = ImageMember.layerLimit, _ look: (any ByteSource) throws -> Finding
    ) throws -> (measure: Measure, finding: Finding) {
        try Self.measure(FileByteSource(path), name: path.string, limit: limit, look)
    }

    /// As for a file, for a layer's bytes that come from elsewhere.
    ///
    /// - Parameter name: for messages.
    public static func measure<Finding>(
        _ source: any ByteSource, name: String, limit: UInt64 = ImageMember.layerLimit,
        _ look: (any ByteSource) throws -> Finding
    ) throws -> (measure: Measure, finding: Finding) {
        let file = Counted(source, limit: .max, name: name)
        let unpacked = try Unpacked(file, name: name)
        let plain = Counted(unpacked, limit: limit, name: name)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        let finding = try look(plain)
        while try plain.read(into: buffer) > 0 {}
        while try file.read(into: buffer) > 0 {}
        // libarchive does not mind what stands behind gzip's last member; containerd, which is Go, does.
        guard unpacked.consumed == file.count else {
            throw ArchiveError.corrupt(
                archive: name, offset: unpacked.consumed,
                reason: "\(file.count - unpacked.consumed) bytes after the end of the compressed stream")
        }
        let measure = Measure(
            blob: file.hasher.finish(), blobSize: file.count, diffID: plain.hasher.finish(), size: plain.count)
        return (measure, finding)
    }

    /// Counts and hashes bytes on the way, up to a limit.
    private final class Counted: ByteSource {
        private let source: any ByteSource
        private let limit: UInt64
        private let name: String
        let hasher = SHA256Hasher()
        private(set) var count: UInt64 = 0

        init(_ source: any ByteSource, limit: UInt64, name: String) {
            self.source = source
            self.limit = limit
            self.name = name
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let read = try source.read(into: buffer)
            count += UInt64(read)
            guard count <= limit else {
                throw ArchiveError.corrupt(archive: name, offset: limit, reason: "unpacks to more than \(limit) bytes")
            }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
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

        var consumed: UInt64 { reader.consumed }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            isEmpty ? 0 : try reader.read(into: buffer)
        }
    }
}
