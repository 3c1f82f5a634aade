import Archive
import BundleModel
import Host
import SystemPackage
import Testing

/// A pack is read to its last byte, though the last member ends earlier.
struct StreamEndTests {
    private static let formats = [Compression(level: 1), Compression(format: .xz, level: 1, windowLog: 20)]
    private let content = Array("tool".utf8)

    @Test(arguments: formats)
    func bytesAfterTheStreamAreRefused(_ compression: Compression) throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)], compression).members
        try folder.append([0])
        #expect {
            try folder.extract(members, compression)
        } throws: {
            guard case ArchiveError.corrupt(_, _, let reason) = $0 else { return false }
            return reason == "bytes after the end mark"
        }
    }

    /// The last byte comes alone, when the tar has ended already. It is of the mark that ends xz; the last of zstd's are
    /// its checksum, which chunk digests replace.
    @Test func aWrongEndMarkIsFound() throws {
        let compression = Compression(format: .xz, level: 1, windowLog: 20)
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)], compression).members
        var bytes = try FileSystem.read(folder.pack)
        bytes[bytes.count - 1] ^= 1
        let reader = try PackReader(source: LateEnd(bytes), compression: compression)
        #expect {
            try SafeExtractor(root: folder.root).extract(reader, members: members) { _ in }
        } throws: {
            guard case ArchiveError.corrupt = $0 else { return false }
            return true
        }
    }

    @Test(arguments: formats)
    func aStreamWithoutItsLastByteIsTruncated(_ compression: Compression) throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)], compression).members
        let bytes = try FileSystem.read(folder.pack)
        try AtomicFile.write(bytes.dropLast(), to: folder.pack)
        #expect(throws: ArchiveError.truncated(archive: "pack", offset: UInt64(bytes.count - 1))) {
            try folder.extract(members, compression)
        }
    }

    @Test(arguments: ["(cat; printf '%512s' x)", "(cat; printf x)", "(cat; cat \"$2.more\")"])
    func whatFollowsTheTarsEndMarkIsRefused(_ pipe: String) async throws {
        let folder = try PackFolder()
        try await folder.write(python: "add('more', b'more')")
        try await SystemProcessRunner().require(
            Command("zstd", ["-q", "-d", "-o", folder.path.appending("pack.more").string, folder.pack.string]))
        try await folder.write(python: "add('tool', b'tool')", through: pipe)
        #expect(throws: ArchiveError.self) { try folder.extract([PackFolder.file("tool", content)]) }
        // Zeros, which tar itself writes to fill its last record, are fine.
        try await folder.write(python: "add('tool', b'tool')", through: "(cat; head -c 20480 /dev/zero)")
        #expect(try folder.extract([PackFolder.file("tool", content, mode: 0o644)]) == [])
    }

    /// Its memory and its end would be nobody's to check.
    @Test func aCompressedTarInsideTheStreamIsRefused() async throws {
        let folder = try PackFolder()
        try await folder.write(python: "add('tool', b'tool')", through: "gzip")
        #expect(throws: ArchiveError.self) { try folder.extract([PackFolder.file("tool", content)]) }
        #expect(try FileSystem.list(folder.root) == [])
    }
}

/// Gives its last byte by itself.
private final class LateEnd: ByteSource {
    private var pieces: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) { pieces = [bytes.dropLast(), bytes.suffix(1)] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !pieces.isEmpty else { return 0 }
        let piece = pieces.removeFirst()
        buffer.copyBytes(from: piece)
        return piece.count
    }
}
