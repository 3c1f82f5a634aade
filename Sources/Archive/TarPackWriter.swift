public import BundleModel
import CArchive
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Writes a pack: one tar (POSIX pax where plain ustar does not suffice), compressed as one stream.
///
/// The same members, settings and library versions give the same bytes, whatever the number of threads or the place
/// of the files. Memory does not grow with the input. Not for use by two threads at once; blocks.
public final class TarPackWriter {
    private let archive: OpaquePointer
    private let sink: TarSink
    private let compression: Compression
    private let modificationTime: UInt64
    private let chunkSize: UInt64
    let buffer: UnsafeMutableRawBufferPointer
    private let order: Order
    var members: [Pack.Member] = []
    private var paths: Set<[UInt8]> = []
    private var parts: [Pack.Part] = []

    /// In which order members come.
    public enum Order: Sendable {
        /// Ascending by their paths' bytes.
        case sorted
        /// As they are given.
        case given
    }

    /// - Parameters:
    ///   - output: written from its current position on; left open.
    ///   - threads: compression threads; does not change the bytes.
    ///   - modificationTime: of every member, in seconds since 1970.
    ///   - order: what `add` holds the members to. Each path comes once in any case.
    ///   - chunkSize: bytes that one digest of the index covers.
    ///   - before: the writer of the pack whose stream this one goes on with; it was finished with `goesOn` and had the
    ///     same compression.
    /// - Throws: `ArchiveError.badCompression`, `.library`.
    public init(
        output: FileDescriptor, compression: Compression, threads: Int, modificationTime: UInt64,
        order: Order = .sorted, chunkSize: UInt64 = 4 << 20, after before: TarPackWriter? = nil
    ) throws {
        guard (512...(64 << 20)).contains(chunkSize) else {
            throw ArchiveError.badCompression("chunks of \(chunkSize) bytes, not 512 to 64 MiB")
        }
        sink = TarSink(
            compressor: try before?.sink.compressor ?? compression.makeCompressor(threads: threads),
            output: ChunkedOutput(output: output, chunkSize: chunkSize))
        self.compression = compression
        self.modificationTime = modificationTime
        self.chunkSize = chunkSize
        self.order = order
        guard let made = archive_write_new() else {
            throw ArchiveError.library(call: "archive_write_new", reason: "memory")
        }
        archive = made
        // From here on deinit frees both, also when the rest throws.
        buffer = .allocate(byteCount: 256 << 10, alignment: 4096)
        try check(archive_write_set_format_pax_restricted(made), "archive_write_set_format_pax_restricted")
        try check(archive_write_add_filter_none(made), "archive_write_add_filter_none")
        // What was written is with the sink: a part ends where it ends.
        try check(archive_write_set_bytes_per_block(made, 0), "archive_write_set_bytes_per_block")
        try check(archive_write_set_bytes_in_last_block(made, 1), "archive_write_set_bytes_in_last_block")
        // The sink outlives the archive: both belong to self, and deinit frees the archive first.
        let opened = archive_write_open(
            made, Unmanaged.passUnretained(sink).toOpaque(), nil,
            { _, context, bytes, count in
                guard let context else { return -1 }
                let sink = Unmanaged<TarSink>.fromOpaque(context).takeUnretainedValue()
                return sink.take(UnsafeRawBufferPointer(start: bytes, count: count))
            }, nil)
        try check(opened, "archive_write_open")
    }

    deinit {
        // Nothing more must reach the output when the writer is given up half-way.
        sink.isClosed = true
        archive_write_free(archive)
        buffer.deallocate()
    }

    /// Begins a part and ends the one before it. Called before the first member, if at all.
    ///
    /// - Throws: `ArchiveError.library`, and what the output throws.
    public func beginPart(_ name: String, roles: [NodeRole]) throws {
        if !parts.isEmpty {
            try check(archive_write_finish_entry(archive), "archive_write_finish_entry")
            try sink.flush()
            endPart()
        }
        parts.append(Pack.Part(name: name, roles: roles, members: 0, uncompressedEnd: 0, end: 0))
    }

    private func endPart() {
        guard !parts.isEmpty else { return }
        let before = parts.dropLast().reduce(0) { $0 + $1.members }
        parts[parts.count - 1].members = members.count - before
        parts[parts.count - 1].uncompressedEnd = sink.taken
        parts[parts.count - 1].end = sink.output.size
    }

    /// Adds one member.
    ///
    /// - Parameter advanced: called with the bytes of content that went in since the last call; may throw to end it.
    /// - Throws: `ArchiveError.unusableSource` for a bad name, order or file, `.system`, `.library`.
    public func add(_ member: PackSource, advanced: (Int) throws -> Void = { _ in }) throws {
        if let problem = MemberPath.problem(member.path) {
            throw ArchiveError.unusableSource(member.path, reason: problem)
        }
        if order == .sorted, let last = members.last?.path, !last.utf8.lexicographicallyPrecedes(member.path.utf8) {
            throw ArchiveError.unusableSource(
                member.path, reason: "comes after '\(last)'; members are sorted and unique")
        }
        guard paths.insert(Array(member.path.utf8)).inserted else {
            throw ArchiveError.unusableSource(member.path, reason: "comes twice")
        }
        switch member {
        case .directory(let path, let mode):
            try begin(Pack.Member(path: path, kind: .directory, mode: mode & 0o7777))
        case .symlink(let path, let target):
            if let problem = MemberPath.problem(linkAt: path, to: target) {
                throw ArchiveError.unusableSource(path, reason: problem)
            }
            try begin(Pack.Member(path: path, kind: .symlink, mode: 0o777, target: target))
        case .bytes(let path, let mode, let content):
            try begin(Pack.Member(path: path, mode: mode & 0o7777, size: UInt64(content.count)))
            try content.withUnsafeBytes { try data($0) }
            members[members.count - 1].sha256 = SHA256Hasher.hash(content)
        case .file(let path, let mode, let source):
            try add(path, mode: mode & 0o7777, source: source, advanced)
        case .layer(let path, let mode, let source, let size, let sha256, let applier):
            let member = Pack.Member(
                path: path, mode: mode & 0o7777, size: size, sha256: sha256, appliedBy: applier)
            try add(member, from: source, advanced)
        }
    }

    /// Ends the pack. The output holds all of its bytes, not yet synced.
    ///
    /// - Parameter goesOn: another pack goes on with the stream: it is flushed and not ended.
    public func finish(goesOn: Bool = false) throws -> PackSummary {
        try check(archive_write_close(archive), "archive_write_close")
        try sink.finish(goesOn: goesOn)
        endPart()
        let output = sink.output
        let identity = SHA256Hasher()
        for chunk in output.chunks { identity.update(chunk.bytes) }
        return PackSummary(
            size: output.size, uncompressedSize: sink.taken, chunks: output.chunks, digest: identity.finish(),
            chunkSize: chunkSize, compression: compression, members: members,
            parts: parts.isEmpty ? nil : parts)
    }

    func begin(_ member: Pack.Member) throws {
        guard let entry = archive_entry_new() else {
            throw ArchiveError.library(call: "archive_entry_new", reason: "memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, member.path)
        archive_entry_set_perm(entry, member.mode)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        archive_entry_set_mtime(entry, time_t(clamping: modificationTime), 0)
        archive_entry_set_size(entry, la_int64_t(clamping: member.size))
        switch member.kind {
        case .file: archive_entry_set_filetype(entry, S_IFREG as mode_t)
        case .directory: archive_entry_set_filetype(entry, S_IFDIR as mode_t)
        case .symlink:
            archive_entry_set_filetype(entry, S_IFLNK as mode_t)
            archive_entry_set_symlink(entry, member.target)
        }
        try check(archive_write_header(archive, entry), "archive_write_header")
        members.append(member)
    }

    func data(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = archive_write_data(archive, rest.baseAddress, rest.count)
            guard written > 0 else { throw failure("archive_write_data") }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private func check(_ code: Int32, _ call: String) throws {
        guard code == ARCHIVE_OK else { throw failure(call) }
    }

    /// What the sink ran into, else what the library says.
    private func failure(_ call: String) -> any Error {
        if let failure = sink.failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        return ArchiveError.library(call: call, reason: reason)
    }
}
