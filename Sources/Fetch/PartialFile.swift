import BundleModel
import FoundationEssentials
import Host
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A download under way: a file with its bytes so far, each at its place, one with how many each part has, and one with
/// what the server needs to go on. Locked against other runs.
///
/// The count of a part is written after its bytes: whoever is killed between the two fetches one read of the network
/// again. Nothing is synced. After a power cut the counts may be ahead of the bytes; then the digest is wrong, and the
/// file is fetched from the start.
final class PartialFile: Sendable {
    private struct Content: Sendable {
        var state: PartialState?
        var map: PartMap
    }

    /// Five seconds: tasks of one run that want the same blob mostly wait for less.
    private static let attemptsBeforeANote = 100

    let path: FilePath
    private let file: FileDescriptor
    private let counts: FileDescriptor
    private let content: Mutex<Content>

    private init(_ path: FilePath, _ file: FileDescriptor, _ counts: FileDescriptor, _ content: Content) {
        self.path = path
        self.file = file
        self.counts = counts
        self.content = Mutex(content)
    }

    deinit {
        try? counts.close()
        try? file.close()
    }

    /// Opens or begins a download. Waits while another task or run downloads the same content.
    ///
    /// - Parameter waiting: called once where that takes long.
    static func open(_ path: FilePath, waiting: () -> Void = {}) async throws -> PartialFile {
        while true {
            let file = try openFile(path)
            do {
                try await lock(file, path, waiting)
                // The holder has moved its file to the cache when it finished; then the name is free for a new one.
                if file.isAt(path) {
                    let counts = try openFile(countsPath(path))
                    do {
                        return PartialFile(path, file, counts, try load(path, file))
                    } catch {
                        try? counts.close()
                        throw error
                    }
                }
            } catch {
                try? file.close()
                throw error
            }
            try? file.close()
        }
    }

    private static func openFile(_ path: FilePath) throws -> FileDescriptor {
        try wrap("open", path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
    }

    private static func lock(_ file: FileDescriptor, _ path: FilePath, _ waiting: () -> Void) async throws {
        var attempts = 0
        // Asks instead of waiting in flock: the holder may be a task that needs this very thread to go on.
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            // A file system without locks: runs that fetch the same at once are on their own there.
            if [ENOLCK, EOPNOTSUPP, ENOSYS].contains(code) { return }
            guard code == EWOULDBLOCK || code == EINTR else {
                throw FetchError.system("lock", path: path.string, errno: code)
            }
            attempts += 1
            if attempts == Self.attemptsBeforeANote { waiting() }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What an earlier run left, as far as the file really has it.
    private static func load(_ path: FilePath, _ file: FileDescriptor) throws -> Content {
        guard let bytes = try FileSystem.readIfPresent(statePath(path)),
            let state = try? CanonicalJSON.decode(PartialState.self, from: Data(bytes)), state.isKnown
        else { return Content(state: nil, map: PartMap(size: nil)) }
        let length = UInt64(try wrap("measure", path) { try file.seek(offset: 0, from: .end) })
        let counted = try FileSystem.readIfPresent(countsPath(path)) ?? []
        let done = (0..<PartMap.count(state.size)).map { part in
            let count = counted.dropFirst(part * 8).prefix(8)
            guard count.count == 8 else { return UInt64(0) }
            let told = count.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return min(told, length - min(length, PartMap.start(of: part)))
        }
        return Content(state: state, map: PartMap(size: state.size, done: done))
    }

    /// Where the bytes come from; nil while there are none.
    var state: PartialState? { content.withLock { $0.state } }

    /// Bytes that are there.
    var received: UInt64 { content.withLock { $0.map.received } }

    var isComplete: Bool { content.withLock { $0.map.isComplete } }

    /// The next missing bytes, for one of several workers; nil where there are no more.
    func take(workers: Int) -> Range<UInt64>? { content.withLock { $0.map.take(workers: workers) } }

    func take(_ range: Range<UInt64>) { content.withLock { $0.map.take(range) } }

    func release(_ range: Range<UInt64>) { content.withLock { $0.map.release(range) } }

    /// Writes bytes at their place, then counts them.
    func write(_ bytes: some Collection<UInt8>, at offset: UInt64) throws {
        guard !bytes.isEmpty else { return }
        try Self.wrap("write", path) { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
        let range = offset..<offset + UInt64(bytes.count)
        let changed = content.withLock { content in
            content.map.advance(range).map { (part: $0, done: content.map.done[$0]) }
        }
        for (part, done) in changed {
            let count = (0..<8).map { UInt8(truncatingIfNeeded: done >> (8 * UInt64($0))) }
            try Self.wrap("write", path) { _ = try counts.writeAll(toAbsoluteOffset: Int64(part * 8), count) }
        }
    }

    /// Throws away what is there, for content of which `state` tells; nil where nothing is known yet.
    func restart(_ state: PartialState?) throws {
        // The counts go first: without them the bytes are none.
        for (descriptor, path) in [(counts, Self.countsPath(path)), (file, path)] {
            guard ftruncate(descriptor.rawValue, 0) == 0 else {
                throw FetchError.system("empty", path: path.string, errno: errno)
            }
        }
        content.withLock { $0 = Content(state: state, map: PartMap(size: state?.size)) }
        try write(state)
    }

    /// Goes on with the same bytes from another address, or with another validator.
    func adopt(_ state: PartialState) throws {
        guard state != self.state else { return }
        content.withLock { $0.state = state }
        try write(state)
    }

    private func write(_ state: PartialState?) throws {
        let target = Self.statePath(path)
        guard let state else { return try FileSystem.remove(target) }
        let temporary = FilePath(target.string + ".new")
        let bytes = try CanonicalJSON.encode(state)
        try Self.wrap("write", target) {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
            guard rename(temporary.string, target.string) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Moves the checked content to its place.
    ///
    /// - Returns: bytes.
    func commit(to target: FilePath) throws -> UInt64 {
        let size = UInt64(try Self.wrap("measure", path) { try file.seek(offset: 0, from: .end) })
        guard rename(path.string, target.string) == 0 else {
            throw FetchError.system("keep", path: target.string, errno: errno)
        }
        try removeNotes()
        return size
    }

    /// Gives the partial file up, when its content is in the cache already.
    func discard() throws {
        try removeNotes()
        try FileSystem.remove(path)
    }

    private func removeNotes() throws {
        try FileSystem.remove(Self.statePath(path))
        try FileSystem.remove(Self.countsPath(path))
    }

    private static func statePath(_ path: FilePath) -> FilePath { FilePath(path.string + ".state") }
    private static func countsPath(_ path: FilePath) -> FilePath { FilePath(path.string + ".parts") }

    private static func wrap<Result>(_ call: String, _ path: FilePath, _ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let error as Errno {
            throw FetchError.system(call, path: path.string, errno: error.rawValue)
        }
    }
}
