import Archive
import BundleModel
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The blobs of an OCI layout under construction.
struct BlobFolder {
    struct Blob: Hashable {
        var digest: SHA256Digest
        /// Bytes.
        var size: UInt64
        /// How a layer with these bytes is compressed, as its first bytes tell: names say nothing about it.
        var compression: OCIMediaType.LayerCompression
    }

    private let folder: FilePath

    /// - Parameter layout: existing and empty.
    init(layout: FilePath) throws {
        folder = layout.pushing(FilePath("blobs/sha256"))
        try FileSystem.makeDirectories(folder)
    }

    /// Writes content as it comes, and finds out its digest on the way.
    func add(_ content: any ByteSource, stop: CancellationFlag) throws -> Blob {
        let temporary = folder.appending(".new")
        let hasher = SHA256Hasher()
        var size: UInt64 = 0
        var head: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter {
                while true {
                    if stop.isRaised { throw CancellationError() }
                    let count = try content.read(into: buffer)
                    if count == 0 { break }
                    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    if head.count < 4 { head.append(contentsOf: piece.prefix(4 - head.count)) }
                    hasher.update(piece)
                    size += UInt64(count)
                    _ = try file.writeAll(piece)
                }
            }
        } catch let error as Errno {
            throw HostError.system("write", path: temporary.string, errno: error.rawValue)
        }
        let digest = hasher.finish()
        let place = folder.appending(digest.hex)
        guard rename(temporary.string, place.string) == 0 else {
            throw HostError.system("rename to", path: place.string, errno: errno)
        }
        return Blob(digest: digest, size: size, compression: Self.compression(head))
    }

    /// Adds a document.
    func add(_ bytes: some Collection<UInt8>) throws -> (digest: SHA256Digest, size: UInt64) {
        let digest = SHA256Hasher.hash(bytes)
        try AtomicFile.write(bytes, to: folder.appending(digest.hex))
        return (digest, UInt64(bytes.count))
    }

    private static func compression(_ head: [UInt8]) -> OCIMediaType.LayerCompression {
        if head.starts(with: [0x1f, 0x8b]) { return .gzip }
        if head == [0x28, 0xb5, 0x2f, 0xfd] { return .zstd }
        return .none
    }
}
