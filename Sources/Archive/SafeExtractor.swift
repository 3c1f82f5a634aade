public import BundleModel
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Unpacks a pack's files below a root, each only if it is exactly what the index lists.
///
/// A file appears whole or not at all: it is written beside its place, hashed on the way, compared, synced and
/// renamed. No symbolic link is followed on the way down from the root, neither to write nor to look.
///
/// When `extract` returns, these survive a power cut: the content, mode and name of every file, and every folder made
/// for them. Each file is synced before it is renamed, its folder after that, and a folder that got a new folder at
/// once. When it throws, what was put in place until then stays, each file whole.
public struct SafeExtractor {
    private let root: AnchoredFolder

    /// - Parameter root: an existing folder; the way to it is trusted.
    public init(root: FilePath) throws {
        self.root = try AnchoredFolder(root)
    }

    /// Reads the whole pack once, to the last byte of its compressed stream.
    ///
    /// - Parameters:
    ///   - members: what the index lists, in the pack's order. Checked as a whole before anything is written.
    ///   - willReplace: called with a file's relative path before it is put in place, not for one that is there
    ///     already with the same content and mode.
    /// - Returns: paths of the files that were put in place.
    /// - Throws: `ArchiveError`, and what `willReplace` throws.
    public func extract(
        _ reader: PackReader, members: [Pack.Member], progress: any ProgressSink = SilentProgress(),
        willReplace: (String) throws -> Void
    ) throws -> [String] {
        if let (path, reason) = PackListing.problem(members) {
            throw ArchiveError.hostileMember(path, archive: reader.name, reason: reason)
        }
        let tar = try TarReader(reader.stream, name: reader.name, filters: false)
        let total = members.reduce(0) { $0 + $1.size }
        let task = "unpack \(reader.name)"
        var done: UInt64 = 0
        var changed: [String] = []
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
        for member in members {
            guard let found = try tar.next() else {
                throw ArchiveError.missingMembers([member.path], archive: reader.name)
            }
            try Self.compare(found, with: member)
            let parts = MemberPath.components(member.path)
            switch member.kind {
            case .directory: _ = try root.folder(parts, mode: member.mode)
            // Links are made by the caller, who records them; the pack's bytes hold nothing more of them.
            case .symlink: break
            case .file:
                if try isThere(member, parts) {
                    try Self.copy(tar, to: nil, member)
                } else {
                    try put(member, parts, from: tar, willReplace)
                    changed.append(member.path)
                }
            }
            done += member.size
            progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
        }
        if let extra = try tar.next() {
            throw ArchiveError.unexpectedMember(extra.path, reason: "the index ends before it")
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: done, total: total))
        return changed
    }

    private func put(
        _ member: Pack.Member, _ parts: [String], from tar: TarReader, _ willReplace: (String) throws -> Void
    ) throws {
        let folder = try root.folder(parts.dropLast())
        let name = parts[parts.count - 1]
        let temporary = MemberPath.temporary(name)
        let file = try folder.create(temporary)
        do {
            try file.closeAfter {
                try Self.copy(tar, to: file, member)
                guard fchmod(file.rawValue, mode_t(member.mode)) == 0, fsync(file.rawValue) == 0 else {
                    throw ArchiveError.system("sync", path: member.path, errno: errno)
                }
            }
            try willReplace(member.path)
            try folder.rename(temporary, to: name)
        } catch {
            folder.remove(temporary)
            throw error
        }
        try folder.sync()
    }

    /// Hashes the current member and compares it with the index; writes it where there is a file to write to.
    private static func copy(_ tar: TarReader, to file: FileDescriptor?, _ member: Pack.Member) throws {
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while true {
            let count = try tar.read(into: buffer)
            if count == 0 { break }
            done += UInt64(count)
            guard done <= member.size else {
                throw ArchiveError.unexpectedMember(member.path, reason: "longer than \(member.size) bytes")
            }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            do { _ = try file?.writeAll(piece) } catch let error as Errno {
                throw ArchiveError.system("write", path: member.path, errno: error.rawValue)
            }
        }
        let digest = hasher.finish()
        guard digest == member.sha256 else {
            throw ArchiveError.wrongDigest(member.path, expected: member.sha256 ?? digest, actual: digest)
        }
    }

    /// Whether exactly this file is in its place. A run that was cut off may not have synced its name: done here.
    private func isThere(_ member: Pack.Member, _ parts: [String]) throws -> Bool {
        guard let folder = root.existing(parts.dropLast()), let file = folder.open(parts[parts.count - 1]) else {
            return false
        }
        let isSame = try file.closeAfter {
            var status = stat()
            guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                UInt64(status.st_size) == member.size, UInt32(status.st_mode & 0o7777) == member.mode
            else { return false }
            do { return try SHA256Hasher.hash(contentOf: file) == member.sha256 } catch let error as Errno {
                throw ArchiveError.system("read", path: member.path, errno: error.rawValue)
            }
        }
        if isSame { try folder.sync() }
        return isSame
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
