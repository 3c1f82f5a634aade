import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// How much a rerun asks for: what an earlier run has not put there yet.
struct DiskSpaceTests {
    private func errors(_ facts: NodeFacts) throws -> [String] {
        PreflightEvaluation(facts: facts, needs: try PreflightTests.needs()).findings
            .filter { $0.severity == .error }.map(\.id)
    }

    @Test func aRerunNeedsTheRest() throws {
        var facts = PreflightTests.good
        facts.isOurs = true
        facts.volumes[0].freeBytes = 3_000
        facts.volumes[1].freeBytes = 3_000
        #expect(try errors(facts) == ["disk"])
        // 4000 and 6000 are asked for, on one file system.
        facts.volumes[0].heldBytes = .max
        facts.volumes[1].heldBytes = 2_999
        #expect(try errors(facts) == ["disk"])
        facts.volumes[1].heldBytes = 3_000
        #expect(try errors(facts) == [])
    }

    @Test func theJournalTellsWhatIsOnTheDisk() throws {
        let scratch = try Scratch()
        let journal = try Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let changes = HostChanges(context: scratch.context(), journal: journal)
        let megabyte = String(repeating: "x", count: 1 << 20)
        try scratch.write(megabyte, to: "/usr/local/bin/of-others")
        try changes.write(megabyte, to: "/usr/local/bin/kubelet")
        try changes.claim("/var/lib/containerd")
        try scratch.write(megabyte + megabyte, to: "/var/lib/containerd/a/blob")
        func held(_ folder: String) -> UInt64 {
            EarlierWork(root: scratch.root, entries: journal.entries).bytes(in: folder)
        }

        #expect((1 << 20..<2 << 20).contains(held("/usr/local/bin")))
        #expect((2 << 20..<3 << 20).contains(held("/var/lib/containerd")))
        #expect(held("/opt/cni/bin") == 0)
        try journal.append(.stepStarted(step: "images"))
        try journal.append(.stepDone(step: "images"))
        #expect(held("/var/lib/containerd") == .max)
        #expect(held("/usr/local/bin") < .max)
    }
}
