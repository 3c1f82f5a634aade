public import BundleModel
import CArchive
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Writes a pack: one tar (POSIX pax where plain ustar does not suffice), compressed as one stream, which may be shared
/// by several packs.
///
/// The same members, settings and library versions give the same bytes, whatever the number of threads or the place
/// of the files. Memory does not grow with the input. Not for use by two threads at once; blocks.
public final class TarPackWriter {
    let archive: OpaquePointer
    let sink: TarSink
    /// Where the pack's bytes are in the end. Until then the first pack's output has those of all packs of the stream.
    let output: FileDescriptor
    /// The writer of the pack whose stream this one goes on with.
    let before: TarPackWriter?
    private let modificationTime: UInt64
    let buffer: UnsafeMutableRawBufferPointer
    private let order: Order
    var members: [Pack.Member] = []
    private var paths: Set<[UInt8]> = []
    /// `end` is filled in when the stream is finished.
    var parts: [Pack.Part] = []

    /// In which order members come.
    public enum Order: Sendable {
        /// Ascending by their paths' bytes.
        case sorted
        /// As they are given.
        case given
    }

    /// A pack that begins a stream.
    ///
    /// - Parameters:
    ///   - output: an empty file, open for reading and writing; left open.
    ///   - threads: compression threads; does not change the bytes.
    ///   - modificationTime: of every member, in seconds since 1970.
    ///   - order: what `add` holds the members to. Each path comes once in any case.
    ///   - chunkSize: bytes that one digest of the index covers.
    ///   - progressed: called with bytes of the stream's tars that are compressed by then, while packs are written and
    ///     while what was written is read once more at the end; may throw to end it.
    /// - Throws: `ArchiveError.badCompression`, `.library`.
    public convenience init(
        output: FileDescriptor, compression: Compression, threads: Int, modificationTime: UInt64,
        order: Order = .sorted, chunkSize: UInt64 = 4 << 20,
        progressed: @escaping (UInt64) throws -> Void = { _ in }
    ) throws {
        guard (512...(64 << 20)).contains(chunkSize) else {
            throw ArchiveError.badCompression("chunks of \(chunkSize) bytes, not 512 to 64 MiB")
        }
        let stream = try PackStream(
            output: output, compression: compression, threads: threads, chunkSize: chunkSize,
            progressed: progressed)
        try self.init(stream, output: output, after: nil, order: order, modificationTime: modificationTime)
    }

    /// A pack that goes on with the stream of another, which gets no more members. Both are there when this one is
    /// finished, or the last that goes on from it.
    ///
    /// - Parameter output: an empty file, open for writing; left open.
    /// - Throws: `ArchiveError.library`, and what the stream's output throws.
    public convenience init(output: FileDescriptor, after before: TarPackWriter, order: Order = .sorted) throws {
        try before.endTar()
        try before.stream.cut()
        try self.init(
            before.stream, output: output, after: before, order: order,
            modificationTime: before.modificationTime)
    }

    private init(
        _ stream: PackStream, output: FileDescriptor, after before: TarPackWriter?, order: Order,
        modificationTime: UInt64
    ) throws {
        sink = TarSink(stream)
        self.output = output
        self.before = before
        self.modificationTime = modificationTime
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

    func check(_ code: Int32, _ call: String) throws {
        guard code == ARCHIVE_OK else { throw failure(call) }
    }

    /// What the sink ran into, else what the library says.
    private func failure(_ call: String) -> any Error {
        if let failure = sink.failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        return ArchiveError.library(call: call, reason: reason)
    }
}
