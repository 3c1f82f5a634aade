import BundleModel
import FoundationEssentials
import Host
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// What was done to this node, in order, so that an interrupted run continues and reset can walk back.
///
/// Append-only lines, each synced before the change that it announces is made. A torn last line is what a power cut
/// leaves: it is cut off on opening. Anything else that does not check out is an error.
final class Journal: Sendable {
    static let schemaVersion = 1

    private struct State {
        var entries: [JournalEntry]
        var checksum: [UInt8]
        /// Bytes of the file.
        var length: Int
        /// What may stand behind the last whole line could not be taken away.
        var isBroken = false
    }

    private let root: HostRoot
    private let descriptor: FileDescriptor
    private let clock: any WallClock
    private let state: Mutex<State>
    private let lock: StateLock

    /// Takes the lock and opens the journal, or begins one.
    ///
    /// - Throws: `InstallError.busy`, `.journalDamaged`, `.journalNewer`, `HostError`.
    init(_ root: HostRoot, clock: any WallClock) async throws {
        self.root = root
        lock = try await StateLock.take(root)
        self.clock = clock
        let path = root.resolve(NodePaths.journal)
        let content = try FileSystem.readIfPresent(path) ?? []
        let read = try JournalReader.read(content)
        do {
            descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .append, .noFollow, .closeOnExec], permissions: [.ownerReadWrite])
            if read.validBytes < content.count { ftruncate(descriptor.rawValue, off_t(read.validBytes)) }
        } catch let error as Errno {
            throw HostError.system("open", path: path.string, errno: error.rawValue)
        }
        state = Mutex(State(entries: read.entries, checksum: read.checksum, length: read.validBytes))
        if read.entries.isEmpty {
            try append(.opened(schemaVersion: Self.schemaVersion))
            try FileSystem.syncDirectory(root.resolve(NodePaths.state))
        }
    }

    deinit { try? descriptor.close() }

    var entries: [JournalEntry] { state.withLock { $0.entries } }

    /// Writes one record and waits until it is on the disk. One that fails leaves the file as it was, so that a later one
    /// does not stand behind half a line.
    ///
    /// - Returns: the record's sequence number.
    @discardableResult
    func append(_ record: JournalRecord) throws -> Int {
        try state.withLock { state in
            let entry = JournalEntry(
                sequence: (state.entries.last?.sequence ?? 0) + 1, time: clock.now.formatted(.iso8601), record: record)
            let (line, checksum) = try JournalLine.encode(entry, after: state.checksum)
            do {
                if state.isBroken { throw Errno.ioError }
                try descriptor.writeAll(line)
                guard fdatasync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            } catch let error as Errno {
                state.isBroken =
                    ftruncate(descriptor.rawValue, off_t(state.length)) != 0 || fdatasync(descriptor.rawValue) != 0
                throw HostError.system("write", path: NodePaths.journal, errno: error.rawValue)
            }
            state.entries.append(entry)
            state.checksum = checksum
            state.length += line.count
            return entry.sequence
        }
    }

    /// Whether nothing has been begun under this journal.
    var isUnused: Bool { entries.count <= 1 }

    /// Leaves no trace of a run that was refused before its first change. Nothing may be appended afterwards.
    func discard() throws {
        guard isUnused else { return }
        try FileSystem.remove(root.resolve(NodePaths.journal))
        try FileSystem.remove(root.resolve(NodePaths.lock))
        // The node's key may be in the folder, which then stays.
        if try FileSystem.list(root.resolve(NodePaths.state)).isEmpty {
            try FileSystem.remove(root.resolve(NodePaths.state))
        }
    }

    /// Whether a node has a journal, without taking the lock.
    static func exists(_ root: HostRoot) -> Bool { FileSystem.exists(root.resolve(NodePaths.journal)) }
}
