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
    /// How the name of a file ends that is not complete yet; it begins with a dot. A killed run leaves at most one.
    public static let temporarySuffix = MemberPath.temporarySuffix

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
        let total = members.reduce(0) { $0 + $1.size }
        let task = "unpack \(reader.name)"
        var done: UInt64 = 0
        var changed: [String] = []
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
        try reader.forEachMember(members) { member, content in
            let parts = MemberPath.components(member.path)
            switch member.kind {
            case .directory: _ = try root.folder(parts, mode: member.mode)
            // Links are made by the caller, who records them; the pack's bytes hold nothing more of them.
            case .symlink: break
            case .file:
                // What is there already is still compared, by the reader.
                if try !isThere(member, parts) {
                    try put(member, parts, from: content, willReplace)
                    changed.append(member.path)
                }
            }
            done += member.size
            progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
            return true
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: done, total: total))
        return changed
    }

    private func put(
        _ member: Pack.Member, _ parts: [String], from content: any ByteSource, _ willReplace: (String) throws -> Void
    ) throws {
        let folder = try root.folder(parts.dropLast())
        let name = parts[parts.count - 1]
        let temporary = MemberPath.temporary(name)
        let file = try folder.create(temporary)
        do {
            try file.closeAfter {
                try Self.copy(content, to: file, member)
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

    private static func copy(_ content: any ByteSource, to file: FileDescriptor, _ member: Pack.Member) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try content.read(into: buffer)
            if count == 0 { break }
            do { _ = try file.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch let error as Errno {
                throw ArchiveError.system("write", path: member.path, errno: error.rawValue)
            }
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
}
