public import BundleModel
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Unpacks a pack's files below a root, each only if it is exactly what the index lists.
///
/// A file appears whole or not at all: it is written beside its place, hashed on the way, compared, synced and
/// renamed. No symbolic link is followed on the way down from the root.
public struct SafeExtractor {
    /// How the name of a file ends that is not complete yet; it begins with a dot. A killed run leaves at most one.
    public static let temporarySuffix = ".node-install"

    private let root: AnchoredFolder
    private let rootPath: FilePath

    /// - Parameter root: an existing folder.
    public init(root: FilePath) throws {
        self.root = try AnchoredFolder(root)
        rootPath = root
    }

    /// Reads the whole pack once.
    ///
    /// - Parameters:
    ///   - members: what the index lists, in the pack's order.
    ///   - willReplace: called with a file's relative path before it is put in place, not for one that is there
    ///     already with the same content and mode.
    /// - Returns: paths of the files that were put in place.
    /// - Throws: `ArchiveError`, and what `willReplace` throws.
    public func extract(
        _ reader: PackReader, members: [Pack.Member], progress: any ProgressSink = SilentProgress(),
        willReplace: (String) throws -> Void
    ) throws -> [String] {
        let tar = try TarReader(reader.stream, name: reader.name)
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
            let parts = member.path.split(separator: "/")
            switch member.kind {
            case .directory: _ = try root.folder(parts)
            // Links are made by the caller, who records them; the pack's bytes hold nothing more of them.
            case .symlink: break
            case .file:
                let place = rootPath.pushing(FilePath(member.path))
                if try Self.isThere(member, at: place) {
                    try Self.skip(tar, member)
                } else if try put(member, parts, from: tar, willReplace) {
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
        _ member: Pack.Member, _ parts: [Substring], from tar: TarReader, _ willReplace: (String) throws -> Void
    ) throws -> Bool {
        guard let name = parts.last.map(String.init) else { return false }
        let folder = try root.folder(parts.dropLast())
        let temporary = ".\(name)\(Self.temporarySuffix)"
        let file = try folder.create(temporary)
        do {
            try file.closeAfter {
                let digest = try Self.copy(tar, to: file, path: member.path)
                guard digest == member.sha256 else {
                    throw ArchiveError.wrongDigest(
                        member.path, expected: member.sha256 ?? digest, actual: digest)
                }
                guard fchmod(file.rawValue, mode_t(member.mode)) == 0, fsync(file.rawValue) == 0 else {
                    throw ArchiveError.system("sync", path: member.path, errno: errno)
                }
            }
            try willReplace(member.path)
            try folder.rename(temporary, to: name)
            try folder.sync()
        } catch {
            folder.remove(temporary)
            throw error
        }
        return true
    }

    private static func copy(_ tar: TarReader, to file: FileDescriptor?, path: String) throws -> SHA256Digest {
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try tar.read(into: buffer)
            if count == 0 { return hasher.finish() }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            do { _ = try file?.writeAll(piece) } catch let error as Errno {
                throw ArchiveError.system("write", path: path, errno: error.rawValue)
            }
        }
    }

    private static func skip(_ tar: TarReader, _ member: Pack.Member) throws {
        let digest = try copy(tar, to: nil, path: member.path)
        guard digest == member.sha256 else {
            throw ArchiveError.wrongDigest(member.path, expected: member.sha256 ?? digest, actual: digest)
        }
    }

    private static func isThere(_ member: Pack.Member, at path: FilePath) throws -> Bool {
        var status = stat()
        guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        guard UInt64(status.st_size) == member.size, UInt32(status.st_mode & 0o7777) == member.mode else {
            return false
        }
        return try SHA256Hasher.hash(file: path) == member.sha256
    }

    private static func compare(_ found: ArchiveMember, with member: Pack.Member) throws {
        guard found.path == member.path else {
            throw ArchiveError.unexpectedMember(found.path, reason: "the index lists \(member.path) here")
        }
        guard found.kind == member.kind, found.size == member.size, found.target == member.target,
            found.kind == .symlink || found.mode == member.mode
        else { throw ArchiveError.unexpectedMember(found.path, reason: "kind, size, mode or target differ") }
        // Executables of this product need no such bits; a pack that has them was not made by it.
        guard member.kind == .symlink || member.mode & 0o7000 == 0 else {
            throw ArchiveError.hostileMember(member.path, archive: "pack", reason: "setuid, setgid or sticky")
        }
    }
}
