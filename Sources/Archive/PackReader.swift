public import BundleModel

/// Reads a pack: pulls compressed bytes from a source and gives the members.
///
/// Memory: the window of the compression and a few buffers. For one pass, by one thread; blocks.
public final class PackReader {
    /// Buffers of 1 MiB that are decoded ahead: what comes while a file is synced.
    private static let depth = 8

    private let decoded: DecompressedStream
    private let stream: ReadAhead
    /// Whether all that the index lists was there and nothing more.
    private var isComplete = false
    let name: String

    /// - Parameters:
    ///   - source: the compressed bytes; those of the prefix alone where there is one.
    ///   - compression: as the index says; a stream that wants a larger window is refused.
    ///   - prefix: what the source holds of its pack. Nil is all: the stream then has to end in the source's last byte.
    ///   - before: bytes of the tar that come first, of the pack that this one continues; passed over.
    ///   - goesOn: another pack goes on with the stream: it has no end mark in this one.
    ///   - name: for messages.
    public convenience init(
        source: any ByteSource, compression: Compression, prefix: Pack.Prefix? = nil, after before: UInt64 = 0,
        goesOn: Bool = false, name: String = "pack"
    ) throws {
        let limit = Self.limit(prefix, goesOn: goesOn).map { $0 + before }
        let decoded = DecompressedStream(
            source: source, decompressor: try compression.makeDecompressor(), name: name, skipping: before, limit: limit
        )
        self.init(decoded, name: name)
    }

    /// Goes on where the reader of the pack before stopped.
    ///
    /// - Parameters: as above.
    public convenience init(
        _ before: PackContinuation, source: any ByteSource, prefix: Pack.Prefix? = nil, goesOn: Bool = false,
        name: String = "pack"
    ) {
        before.stream.goOn(with: source, name: name, limit: Self.limit(prefix, goesOn: goesOn))
        self.init(before.stream, name: name)
    }

    private init(_ decoded: DecompressedStream, name: String) {
        self.name = name
        self.decoded = decoded
        stream = ReadAhead(decoded, depth: Self.depth)
    }

    /// Bytes of the tar, for a source that does not have the stream's end mark.
    private static func limit(_ prefix: Pack.Prefix?, goesOn: Bool) -> UInt64? {
        prefix.flatMap { $0.isWhole && !goesOn ? nil : $0.uncompressedSize }
    }

    /// Gives up the decoder for the pack that goes on with this one's stream; the reader is of no use after it.
    ///
    /// - Returns: nil where none can: this one was not read to its end, or the stream ended with it.
    public func continuation() -> PackContinuation? {
        stream.stop()
        return isComplete && decoded.isPrefixChecked ? PackContinuation(name: name, stream: decoded) : nil
    }

    deinit { stream.stop() }

    /// Gives each member in turn, its header and content compared with what the index lists; then reads to the last
    /// byte of the source.
    ///
    /// - Parameters:
    ///   - members: what the index lists, in the pack's order; of a prefix those that it has.
    ///   - hashing: false leaves the digests of contents to `body`, which knows them by other means. The source's own
    ///     chunks are checked in any case.
    ///   - body: may leave content unread, which is then checked all the same. What it has read is good only when it
    ///     was given 0 bytes, or when the next member comes. False ends the reading at once: what comes after is not
    ///     looked at, nor is the rest of this member.
    /// - Throws: `ArchiveError`, and what the source and `body` throw.
    public func forEachMember(
        _ members: some Sequence<Pack.Member>, hashing: Bool = true,
        _ body: (Pack.Member, any ByteSource) throws -> Bool
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        let tar = try TarReader(stream, name: name, filters: false)
        for member in members {
            guard let found = try tar.next() else { throw ArchiveError.missingMembers([member.path], archive: name) }
            try Self.compare(found, with: member)
            let content = MemberContent(member, in: tar, hashing: hashing)
            guard try body(member, content) else { return }
            while try content.read(into: buffer) > 0 {}
        }
        if let extra = try tar.next() {
            throw ArchiveError.unexpectedMember(extra.path, reason: "the index ends before it")
        }
        isComplete = true
    }

    private static func compare(_ found: ArchiveMember, with member: Pack.Member) throws {
        guard found.path.utf8.elementsEqual(member.path.utf8) else {
            throw ArchiveError.unexpectedMember(found.path, reason: "the index lists \(member.path) here")
        }
        guard found.kind == member.kind, found.size == member.size, found.target == member.target,
            found.kind == .symlink || found.mode == member.mode
        else { throw ArchiveError.unexpectedMember(found.path, reason: "kind, size, mode or target differ") }
    }
}
