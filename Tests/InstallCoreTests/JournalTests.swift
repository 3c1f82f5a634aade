import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

struct JournalTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)

    @Test func whatIsAppendedIsReadAgain() async throws {
        let scratch = try Scratch()
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            try journal.append(.stepStarted(step: "system"))
            try journal.append(.sysctl(key: "a.b", before: "0", after: "1"))
        }
        let entries = try await Journal(scratch.root, clock: clock).entries
        #expect(entries.map(\.sequence) == [1, 2, 3])
        #expect(entries.map(\.record).last == .sysctl(key: "a.b", before: "0", after: "1"))
    }

    @Test func aTornLastLineIsCutOff() async throws {
        let scratch = try Scratch()
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            try journal.append(.stepStarted(step: "system"))
        }
        let path = scratch.root.resolve(NodePaths.journal)
        let whole = try FileSystem.read(path)
        for cut in [1, 10, 60] {
            try AtomicFile.write(whole.dropLast(cut), to: path, mode: 0o600)
            let journal = try await Journal(scratch.root, clock: clock)
            #expect(journal.entries.count == 1)
            try journal.append(.stepStarted(step: "again"))
            let lines = try FileSystem.read(path)
            #expect(try JournalReader.read(lines).entries.count == 2)
        }
    }

    @Test func aChangedLineInTheMiddleIsDamage() async throws {
        let scratch = try Scratch()
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            try journal.append(.stepStarted(step: "system"))
            try journal.append(.stepDone(step: "system"))
        }
        let path = scratch.root.resolve(NodePaths.journal)
        let text = try #require(try FileSystem.text(path))
        let changed = text.replacing(
            "\"stepStarted\":{\"step\":\"system\"}", with: "\"stepStarted\":{\"step\":\"sYstem\"}")
        #expect(changed != text)
        try AtomicFile.write(Array(changed.utf8), to: path, mode: 0o600)
        await #expect { try await Journal(scratch.root, clock: clock) } throws: { error in
            guard case InstallError.journalDamaged(_, 2, _)? = error as? InstallError else { return false }
            return true
        }
    }

    @Test func aLineThatIsMissingIsDamage() async throws {
        let scratch = try Scratch()
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            for step in ["a", "b", "c"] { try journal.append(.stepStarted(step: step)) }
        }
        let path = scratch.root.resolve(NodePaths.journal)
        var lines = try #require(try FileSystem.text(path)).split(separator: "\n", omittingEmptySubsequences: false)
        lines.remove(at: 1)
        try AtomicFile.write(Array(lines.joined(separator: "\n").utf8), to: path, mode: 0o600)
        await #expect(throws: InstallError.self) { try await Journal(scratch.root, clock: clock) }
    }

    @Test func aSecondRunIsBusyAndNamesTheFirst() async throws {
        let scratch = try Scratch()
        let first = try await Journal(scratch.root, clock: clock)
        await #expect { try await Journal(scratch.root, clock: clock) } throws: { error in
            guard case InstallError.busy(_, let owner)? = error as? InstallError else { return false }
            return owner != nil
        }
        #expect(first.entries.count == 1)
    }

    @Test func theStateFollowsFromTheEntries() {
        func state(_ records: [JournalRecord]) -> JournalState {
            JournalState(records.enumerated().map { JournalEntry(sequence: $0 + 1, time: "", record: $1) })
        }
        let interrupted = state([
            .stepStarted(step: "system"), .stepDone(step: "system"), .stepStarted(step: "kubeadm-init"),
            .kubeadmBegun(command: "init"),
        ])
        #expect(interrupted.kubeadmPending == "init")
        #expect(interrupted.stepsDone == ["system"])
        #expect(interrupted.lastStep == "kubeadm-init")
        let redone = state([
            .kubeadmBegun(command: "init"), .kubeadmReset, .kubeadmBegun(command: "init"),
            .kubeadmFinished(command: "init"),
        ])
        #expect(redone.kubeadmPending == nil)
        #expect(redone.kubeadmFinished == "init")
        #expect(state([.stepDone(step: "a"), .stepStarted(step: "a")]).stepsDone.isEmpty)
    }

    /// What comes after has to stand behind a whole line.
    @Test(.enabled(if: geteuid() == 0, "mounts a file system"))
    func aRecordThatDoesNotFitOnTheDiskLeavesNothing() async throws {
        let scratch = try Scratch()
        let folder = scratch.root.resolve(NodePaths.state)
        try FileSystem.makeDirectories(folder)
        let programs = SystemProcessRunner()
        try await programs.require(Command("mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder.string]))
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            let filler = folder.appending("filler")
            try AtomicFile.write([UInt8](repeating: 0, count: 40 << 10), to: filler)
            let long = String(repeating: "x", count: 40 << 10)
            let error = #expect(throws: HostError.self) { try journal.append(.stepStarted(step: long)) }
            #expect(error?.category == .noSpace)
            try FileSystem.remove(filler)
            try journal.append(.stepStarted(step: "system"))
            let entries = try JournalReader.read(FileSystem.read(scratch.root.resolve(NodePaths.journal))).entries
            #expect(entries.map(\.record) == journal.entries.map(\.record))
            #expect(entries.last?.record == .stepStarted(step: "system"))
        }
        try await programs.require(Command("umount", [folder.string]))
    }
}
