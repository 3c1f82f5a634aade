import Archive
import Host
import SystemPackage

/// Walks a journal backwards and puts back what it records.
///
/// Only what still equals what we wrote is touched; anything else belongs to somebody by now, is left and reported.
/// Each undone change is marked, once it is on the disk, so that an interrupted walk goes on where it stopped.
struct JournalUndo: Sendable {
    let context: NodeContext
    let journal: Journal
    let claims: ClaimedFolders

    init(context: NodeContext, journal: Journal) {
        self.context = context
        self.journal = journal
        claims = ClaimedFolders(journal.entries)
    }

    var root: HostRoot { context.root }
    var store: ContentStore { ContentStore(root: root) }

    /// What one record's undoing came to.
    enum Outcome: Hashable {
        case done
        /// Nothing to undo about this kind of record; no mark is needed.
        case nothing
        /// It was left: the node is not as it was.
        case left(LeftOver)
        /// A runtime fact that is named, not forced back.
        case listed(LeftOver)
        /// Something that is undone further on still needs it.
        case later(LeftOver)
    }

    struct Report: Sendable {
        /// Faults: the node is not as it was.
        var left: [LeftOver] = []
        /// Runtime facts that end with the next boot or that others may use.
        var listed: [LeftOver] = []
    }

    /// - Parameter except: paths that are left for the very end, such as the running executable.
    func run(except: Set<String> = []) async throws -> Report {
        var report = Report()
        let entries = journal.entries
        try removeHalfWritten(entries)
        var undone: Set<Int> = []
        for case .undone(let sequence) in entries.map(\.record) { undone.insert(sequence) }
        var waiting = entries.reversed().filter { !undone.contains($0.sequence) && !isExcepted($0.record, except) }
        var unmarked: [JournalEntry] = []
        while true {
            var later: [(entry: JournalEntry, what: LeftOver)] = []
            for entry in waiting {
                switch try await undo(entry.record) {
                case .nothing: continue
                case .left(let what):
                    // Without a mark: another reset looks at it again.
                    report.left.append(what)
                    continue
                case .later(let what):
                    later.append((entry, what))
                    continue
                case .listed(let what): report.listed.append(what)
                case .done: break
                }
                unmarked.append(entry)
                if unmarked.count == Self.batch { try await mark(&unmarked) }
            }
            if later.count == waiting.count {
                report.listed += later.map(\.what)
                unmarked += later.map(\.entry)
                try await mark(&unmarked)
                return report
            }
            waiting = later.map(\.entry)
        }
    }

    /// Files that a killed run was about to put in place: their names follow from those in the journal.
    private func removeHalfWritten(_ entries: [JournalEntry]) throws {
        var paths: Set<FilePath> = []
        var isUnpacked = false
        // Where the files of a pack go: those that others may have made, and every folder that the packs needed.
        var folders = Set(BinariesStep.folders)
        for record in entries.map(\.record) {
            switch record {
            case .fileWritten(let path, _, _): paths.insert(root.resolve(path))
            case .symlinkMade(let path, _, _): try AtomicFile.removeAbandonedLink(beside: root.resolve(path))
            case .lineWritten(let path, _, _): paths.insert(try FileSystem.resolvingLinks(root.resolve(path)))
            case .directoryMade(let path): folders.insert(path)
            case .stepStarted(let step): isUnpacked = isUnpacked || step == BinariesStep().name
            default: break
            }
        }
        for path in paths { try AtomicFile.removeAbandoned(beside: path) }
        guard isUnpacked else { return }
        // A pack's file is recorded when it is complete; before, only its temporary name shows whose it is.
        for folder in folders where try FileSystem.status(root.resolve(folder))?.kind == .directory {
            for name in try FileSystem.list(root.resolve(folder))
            where name.hasPrefix(".") && name.hasSuffix(SafeExtractor.temporarySuffix) {
                try FileSystem.remove(root.resolve("\(folder)/\(name)"))
            }
        }
    }

    private func isExcepted(_ record: JournalRecord, _ except: Set<String>) -> Bool {
        switch record {
        case .fileWritten(let path, _, _): except.contains(path)
        case .directoryMade(let path): except.contains { $0.hasPrefix("\(path)/") }
        default: false
        }
    }

    /// Marks that are written together, after one sync: the journal may be on another file system than what was undone.
    private static let batch = 16

    private func mark(_ entries: inout [JournalEntry]) async throws {
        let flush = context.flush
        try await BlockingPool.shared.run { flush() }
        for entry in entries {
            try journal.append(.undone(sequence: entry.sequence))
            context.boundary.reach("reset:record")
        }
        entries.removeAll()
    }

    func undo(_ record: JournalRecord) async throws -> Outcome {
        switch record {
        case .fileWritten(let path, let before, let after):
            try await BlockingPool.shared.run { try restore(path, before: before, after: after) }
        case .directoryMade(let path): try removeEmpty(path)
        case .directoryClaimed(let path, let existed, let kept):
            try await BlockingPool.shared.run { try clear(path, existed: existed, kept: kept) }
        case .symlinkMade(let path, let target, let before): try restoreLink(path, target: target, before: before)
        case .lineWritten(let path, let before, let after): try restoreLine(path, before: before, after: after)
        case .unitEnabled(let unit): await disable(unit)
        case .sysctl(let key, let before, let after): restoreSysctl(key, before: before, after: after)
        case .swapOff(let devices): await swapOn(devices)
        case .packageInstalled(let name, let version): await purge(name, version: version)
        case .moduleLoaded(let name):
            .listed(LeftOver(what: "module \(name)", reason: "loaded; others may use it, the next boot drops it"))
        case .opened, .runStarted, .stepStarted, .stepDone, .runDone, .serviceStarted, .kubeadmBegun,
            .kubeadmFinished, .kubeadmReset, .linkMade, .resetStarted, .undone:
            .nothing
        }
    }
}
