import BundleModel
import FoundationEssentials
import Host
import Testing

@testable import InstallCore

/// What `node-install status` says in each state that a node can be in.
struct NodeStatusTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)

    private func status(_ role: NodeRole = .master, _ records: JournalRecord...) async throws -> NodeStatus {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: clock)
        var node = try Fixture.node()
        node.role = role
        node.keyFingerprint = Fixture.digest
        try journal.append(.runStarted(run: node))
        for record in records { try journal.append(record) }
        return try NodeStatus(root: scratch.root)
    }

    @Test func nothingInstalled() throws {
        let scratch = try Scratch()
        let status = try NodeStatus(root: scratch.root)
        #expect(status.phase == .notInstalled)
        #expect(status.stepReached == nil)
        #expect(status.text.contains("state: notInstalled\n"))
        #expect(status.nextCommand.contains("--role master"))
        #expect(try scratch.tree() == [])
    }

    @Test func aRefusedJoinIsNoInstallation() throws {
        let scratch = try Scratch()
        try scratch.write("key", to: "\(NodePaths.state)/node-key.pem")
        #expect(try NodeStatus(root: scratch.root).phase == .notInstalled)
    }

    @Test func interruptedInAStep() async throws {
        let status = try await status(
            .worker, .stepStarted(step: "binaries"), .stepDone(step: "binaries"), .stepStarted(step: "system"))
        #expect(status.phase == .interrupted)
        #expect(status.stepsDone == ["binaries"])
        #expect(status.stepReached == "system")
        #expect(status.text.contains("step reached: system\n"))
        #expect(status.nextCommand.contains("--role worker --join"))
    }

    @Test func interruptedBetweenTwoSteps() async throws {
        let status = try await status(.master, .stepStarted(step: "binaries"), .stepDone(step: "binaries"))
        #expect(status.phase == .interrupted)
        #expect(status.stepReached == "system")
        #expect(status.nextCommand.hasPrefix("the same command again:"))
    }

    @Test func installed() async throws {
        let master = try await status(.master, .runDone)
        #expect(master.phase == .installed)
        #expect(master.stepReached == nil)
        #expect(master.nextCommand == "node-install token create --role worker")
        #expect(!master.signatureSkipped)
        #expect(master.text.contains("signed by: SHA256:0707"))
        #expect(try await status(.worker, .runDone).nextCommand.contains("kubectl get nodes"))
    }

    @Test func aResetThatWasInterrupted() async throws {
        let status = try await status(.master, .runDone, .resetStarted)
        #expect(status.phase == .resetting)
        #expect(status.nextCommand == "/usr/local/sbin/node-install reset")
    }

    @Test(arguments: [false, true])
    func aSignatureThatWasSkippedOnceStaysSo(_ firstRunSkips: Bool) async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: clock)
        var node = try Fixture.node()
        for skips in [firstRunSkips, !firstRunSkips] {
            node.keyFingerprint = skips ? nil : Fixture.digest
            try journal.append(.runStarted(run: node))
        }
        try journal.append(.runDone)
        let record = InstalledRecord(node, JournalState(journal.entries), installedAt: "2026-01-01T00:00:00Z")
        #expect(record.signatureSkipped)
        #expect(record.run.keyFingerprint == nil)
        let status = try NodeStatus(root: scratch.root)
        #expect(status.signatureSkipped)
        #expect(status.keyFingerprint == nil)
        #expect(status.text.contains("NOT CHECKED (--insecure-skip-signature)"))
    }

    @Test func theKeyOfAVerifiedInstallationIsRecorded() throws {
        var node = try Fixture.node()
        node.keyFingerprint = Fixture.digest
        let state = JournalState([JournalEntry(sequence: 1, time: "", record: .runStarted(run: node))])
        let record = InstalledRecord(node, state, installedAt: "2026-01-01T00:00:00Z")
        #expect(!record.signatureSkipped)
        #expect(record.run.keyFingerprint == Fixture.digest)
    }

    @Test func aSignatureThatWasNotCheckedStaysVisible() async throws {
        let scratch = try Scratch()
        let journal = try await Journal(scratch.root, clock: clock)
        var node = try Fixture.node()
        node.keyFingerprint = nil
        try journal.append(.runStarted(run: node))
        // Before the end of the installation as well as after it.
        #expect(try NodeStatus(root: scratch.root).text.contains("NOT CHECKED (--insecure-skip-signature)"))
        try journal.append(.runDone)
        let record = InstalledRecord(run: node, installedAt: "2026-01-01T00:00:00Z", signatureSkipped: true)
        try scratch.write(String(decoding: CanonicalJSON.encode(record), as: UTF8.self), to: NodePaths.installed)
        let status = try NodeStatus(root: scratch.root)
        #expect(status.signatureSkipped)
        #expect(status.text.contains("NOT CHECKED (--insecure-skip-signature)"))
        #expect(status.text.contains("installed at: 2026-01-01T00:00:00Z\n"))
    }
}
