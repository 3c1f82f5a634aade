import BundleModel
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Every change to a node goes through here: recorded in the journal first, then made.
struct HostChanges: Sendable {
    let context: NodeContext
    let journal: Journal

    private static let manyEntries = 2000

    var root: HostRoot { context.root }
    private var store: ContentStore { ContentStore(root: root) }

    /// Puts a file in place, its earlier content kept.
    ///
    /// - Returns: false when it was already so.
    @discardableResult
    func write(_ bytes: [UInt8], to path: String, mode: UInt16 = 0o644) throws -> Bool {
        let after = FileSnapshot(digest: SHA256Hasher.hash(bytes), mode: mode)
        if try Self.snapshot(root.resolve(path)) == after { return false }
        try makeDirectories(above: path)
        try willReplace(path, after: after)
        try AtomicFile.write(bytes, to: root.resolve(path), mode: mode)
        return true
    }

    @discardableResult
    func write(_ text: String, to path: String, mode: UInt16 = 0o644) throws -> Bool {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Records that a file is about to become `after`, and keeps what is there.
    func willReplace(_ path: String, after: FileSnapshot) throws {
        let target = root.resolve(path)
        guard let status = try FileSystem.status(target) else {
            try journal.append(.fileWritten(path: path, before: nil, after: after))
            return
        }
        guard status.kind == .file else {
            throw InstallError.foreignState(
                what: "\(path) is not a regular file", hint: "move it away and run the same command again")
        }
        let digest = try store.keep(target)
        let before = FileSnapshot(digest: digest, mode: status.mode, owner: status.owner, group: status.group)
        try journal.append(.fileWritten(path: path, before: before, after: after))
    }

    /// Makes a folder and the missing ones above it.
    func makeDirectory(_ path: String, mode: UInt16 = 0o755) throws {
        let target = root.resolve(path)
        if let status = try FileSystem.status(target) {
            if status.kind == .directory || status.kind == .symlink { return }
            throw InstallError.foreignState(what: "\(path) is not a folder", hint: "move it away")
        }
        try makeDirectories(above: path)
        try journal.append(.directoryMade(path: path))
        try FileSystem.makeDirectories(target, mode: mode)
    }

    func makeDirectories(above path: String) throws {
        let parent = FilePath(path).removingLastComponent().string
        if parent != "/", !parent.isEmpty { try makeDirectory(parent) }
    }

    /// Takes over a folder that Kubernetes or containerd will fill, so that reset may empty it; and the folders in it that
    /// are there already, which they will fill too.
    func claim(_ path: String) throws {
        guard !JournalState(journal.entries).claimed.contains(path) else { return }
        try makeDirectories(above: path)
        let exists = try FileSystem.status(root.resolve(path)) != nil
        // A folder that is reached by a link is one.
        let inside = FilePath(root.resolve(path).string + "/.")
        let kept = try FileSystem.status(inside)?.kind == .directory ? try FileSystem.list(inside) : []
        try journal.append(.directoryClaimed(path: path, existed: exists, kept: kept))
        // Of folders that somebody filled, an operator's decision, the upper ones are enough to come back to.
        guard journal.entries.count < Self.manyEntries else { return }
        for name in kept where try FileSystem.status(inside.appending(name))?.kind == .directory {
            try claim("\(path)/\(name)")
        }
    }

    func symlink(_ path: String, to target: String) throws {
        let place = root.resolve(path)
        let status = try FileSystem.status(place)
        let before = status?.kind == .symlink ? try Self.linkTarget(place) : nil
        if before == target { return }
        guard status == nil || before != nil else {
            throw InstallError.foreignState(what: "\(path) exists and is not a link", hint: "move it away")
        }
        try makeDirectories(above: path)
        try journal.append(.symlinkMade(path: path, target: target, before: before))
        try AtomicFile.link(place, to: target)
    }

    static func linkTarget(_ path: FilePath) throws -> String {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: 4096)
        defer { buffer.deallocate() }
        let count = readlink(path.string, buffer, 4096)
        guard count >= 0 else { throw HostError.system("read link", path: path.string, errno: errno) }
        return String(decoding: UnsafeRawBufferPointer(start: buffer, count: count), as: UTF8.self)
    }

    /// What is at a path now; nil for nothing there or anything but a regular file.
    static func snapshot(_ path: FilePath) throws -> FileSnapshot? {
        guard let status = try FileSystem.status(path), status.kind == .file else { return nil }
        return FileSnapshot(
            digest: try SHA256Hasher.hash(file: path), mode: status.mode, owner: status.owner, group: status.group)
    }
}
