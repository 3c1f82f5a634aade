import BundleModel
import Host
import Signing
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

struct UndoTests {
    private func undo(_ scratch: Scratch, _ journal: Journal) async throws -> JournalUndo.Report {
        try await JournalUndo(context: scratch.context(), journal: journal).run()
    }

    @Test func everythingGoesBackToWhatItWas() async throws {
        let scratch = try Scratch()
        try scratch.write("old\n", to: "/etc/a.conf", mode: 0o640)
        try scratch.write("UUID=1 / ext4\n/dev/sdb none swap sw 0 0\n", to: "/etc/fstab")
        try scratch.write("127.0.0.1 localhost\n", to: "/etc/hosts")
        let before = try scratch.tree()

        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.write("new\n", to: "/etc/a.conf")
        try changes.write("newer\n", to: "/etc/a.conf")
        try changes.write("x", to: "/opt/deep/er/file", mode: 0o755)
        try changes.symlink("/opt/link", to: "deep")
        try changes.claim("/var/lib/kubelet")
        try scratch.write("pod", to: "/var/lib/kubelet/pods/1/x")
        try changes.replaceLines(in: "/etc/fstab") { SystemStep.isSwapLine($0) ? "# off: \($0)" : nil }
        try changes.addLine("10.0.0.1 m0", to: "/etc/hosts")
        #expect(try scratch.text("/etc/a.conf") == "newer\n")

        let report = try await undo(scratch, journal)
        #expect(report.left.isEmpty)
        let after = try scratch.tree().filter { !$0.hasPrefix("/var") }
        #expect(after == before.filter { !$0.hasPrefix("/var") })
        #expect(try scratch.text("/var/lib/kubelet/pods/1/x") == nil)
    }

    @Test func whatOthersChangedIsLeftAndReported() async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.write("ours", to: "/etc/mine")
        try changes.write("ours", to: "/etc/theirs")
        try scratch.write("edited by hand", to: "/etc/theirs")
        try changes.makeDirectory("/etc/folder")
        try scratch.write("", to: "/etc/folder/of-others")

        let report = try await undo(scratch, journal)
        #expect(Set(report.left.map(\.what)) == ["/etc/theirs", "/etc/folder", "/etc"])
        #expect(try scratch.text("/etc/mine") == nil)
        #expect(try scratch.text("/etc/theirs") == "edited by hand")
    }

    /// Its settings changed between two runs, and then somebody removed it.
    @Test func whatWasMadeHereAndIsGoneIsUndone() async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.write("one", to: "/etc/default/kubelet")
        try changes.write("two", to: "/etc/default/kubelet")
        try FileSystem.remove(scratch.root.resolve("/etc/default/kubelet"))
        #expect(try await undo(scratch, journal).left == [])
    }

    @Test func aRecordWithoutItsChangeIsNothingToUndo() async throws {
        let scratch = try Scratch()
        try scratch.write("old", to: "/etc/a")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        // Killed between the record and the change, twice.
        let other = FileSnapshot(digest: try digest(of: "new"), mode: 0o644)
        try changes.willReplace("/etc/a", after: other)
        try changes.willReplace("/etc/b", after: other)
        try changes.write("new", to: "/etc/a")

        let report = try await undo(scratch, journal)
        #expect(report.left.isEmpty)
        #expect(try scratch.text("/etc/a") == "old")
        #expect(try scratch.text("/etc/b") == nil)
    }

    @Test func anInterruptedWalkGoesOn() async throws {
        let scratch = try Scratch()
        try scratch.write("one", to: "/etc/a")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.write("two", to: "/etc/a")
        try changes.write("three", to: "/etc/a")
        let last = try #require(journal.entries.last)
        // The first half of the walk: the last change is undone and marked.
        let walk = JournalUndo(context: scratch.context(), journal: journal)
        #expect(try await walk.undo(last.record) == .done)
        try journal.append(.undone(sequence: last.sequence))
        #expect(try scratch.text("/etc/a") == "two")

        let report = try await undo(scratch, journal)
        #expect(report.left.isEmpty)
        #expect(try scratch.text("/etc/a") == "one")
        #expect(try await undo(scratch, journal).left.isEmpty)
        #expect(try scratch.text("/etc/a") == "one")
    }

    @Test func whatWasInAClaimedFolderBeforeStays() async throws {
        let scratch = try Scratch()
        try scratch.write("keep", to: "/opt/cni/mine")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: scratch.context(), journal: journal).claim("/opt/cni")
        try scratch.write("drop", to: "/opt/cni/theirs/x")
        #expect(try await undo(scratch, journal).left.isEmpty)
        #expect(try scratch.text("/opt/cni/mine") == "keep")
        #expect(!FileSystem.exists(scratch.root.resolve("/opt/cni/theirs")))
    }

    private func digest(of text: String) throws -> SHA256Digest { SHA256Hasher.hash(Array(text.utf8)) }

    /// Calico's installer puts plugins of its own over ours, and more beside them.
    @Test func whatTheClusterPutOverOursInAClaimedFolderGoesToo() async throws {
        let scratch = try Scratch()
        try scratch.write("theirs", to: "/opt/cni/bin/host-local", mode: 0o755)
        let before = try scratch.tree().filter { $0.hasPrefix("/opt") }
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.claim("/opt/cni/bin")
        try changes.write("ours", to: "/opt/cni/bin/host-local", mode: 0o755)
        try changes.write("ours", to: "/opt/cni/bin/portmap", mode: 0o755)
        for name in ["host-local", "portmap", "calico"] { try scratch.write("calico's", to: "/opt/cni/bin/\(name)") }
        #expect(try await undo(scratch, journal).left == [])
        #expect(try scratch.tree().filter { $0.hasPrefix("/opt") } == before)
    }

    @Test func aClaimedFolderThatWasNotThereGoesWithAllThatIsInIt() async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.claim("/opt/cni/bin")
        try changes.write("ours", to: "/opt/cni/bin/portmap", mode: 0o755)
        try scratch.write("calico's", to: "/opt/cni/bin/calico")
        #expect(try await undo(scratch, journal).left == [])
        #expect(!FileSystem.exists(scratch.root.resolve("/opt")))
    }

    /// A store on another disk.
    @Test func aClaimedFolderBehindALinkIsEmptiedAndTheLinkStays() async throws {
        let scratch = try Scratch()
        try scratch.write("keep", to: "/data/containerd/lost+found/x")
        try FileSystem.makeDirectories(scratch.root.resolve("/var/lib"))
        try AtomicFile.link(scratch.root.resolve("/var/lib/containerd"), to: "../../data/containerd")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: scratch.context(), journal: journal).claim("/var/lib/containerd")
        try scratch.write("layer", to: "/data/containerd/snapshots/1")
        #expect(try await undo(scratch, journal).left == [])
        #expect(try FileSystem.list(scratch.root.resolve("/data/containerd")) == ["lost+found"])
        #expect(try scratch.text("/var/lib/containerd/lost+found/x") == "keep")
    }

    @Test func whatTheClusterPutIntoAFolderThatWasThereGoes() async throws {
        let scratch = try Scratch()
        try scratch.write("podman's", to: "/etc/cni/net.d/87-podman.conflist")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: scratch.context(), journal: journal).claim("/etc/cni")
        try scratch.write("{}", to: "/etc/cni/net.d/10-calico.conflist")
        #expect(try await undo(scratch, journal).left == [])
        #expect(try FileSystem.list(scratch.root.resolve("/etc/cni/net.d")) == ["87-podman.conflist"])
    }

    @Test func anotherLinkComesBackThoughAKillTookOursAway() async throws {
        let scratch = try Scratch()
        try FileSystem.makeDirectories(scratch.root.resolve("/etc"))
        let link = scratch.root.resolve("/etc/link")
        try AtomicFile.link(link, to: "theirs")
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: scratch.context(), journal: journal).symlink("/etc/link", to: "ours")
        #expect(try HostChanges.linkTarget(link) == "ours")
        try FileSystem.remove(link)
        #expect(try await undo(scratch, journal).left == [])
        #expect(try HostChanges.linkTarget(link) == "theirs")
    }

    @Test func aFileOfTheOperatorsThatIsALinkStaysOne() async throws {
        let scratch = try Scratch()
        try scratch.write("127.0.0.1 localhost\n", to: "/data/hosts", mode: 0o640)
        try FileSystem.makeDirectories(scratch.root.resolve("/etc"))
        try AtomicFile.link(scratch.root.resolve("/etc/hosts"), to: "../data/hosts")
        let before = try scratch.tree()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try changes.addLine("10.0.0.1 m0", to: "/etc/hosts")
        #expect(try scratch.text("/data/hosts") == "127.0.0.1 localhost\n10.0.0.1 m0\n")
        #expect(try await undo(scratch, journal).left == [])
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }

    /// The journal is often on another file system than what was undone.
    @Test func nothingIsMarkedBeforeItIsOnTheDisk() async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        for number in 0..<40 { try changes.write("x", to: "/etc/file\(number)") }
        let marked = Mutex<[Int]>([])
        var context = scratch.context()
        context.flush = {
            let marks = journal.entries.count { if case .undone = $0.record { true } else { false } }
            let gone = (0..<40).count { !FileSystem.exists(scratch.root.resolve("/etc/file\($0)")) }
            #expect(marks <= gone)
            marked.withLock { $0.append(marks) }
        }
        let report = try await JournalUndo(context: context, journal: journal).run()
        #expect(report.left == [])
        #expect(marked.withLock { $0 } == [0, 16, 32])
    }
}
