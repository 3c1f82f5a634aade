import BundleModel
import Host
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

/// A step that writes one real file, and may fail halfway once.
private struct FileStep: Step {
    let name: String
    let path: String
    var failure: Failure?

    final class Failure: Sendable {
        let left = Mutex<Int>(0)
        init(times: Int) { left.withLock { $0 = times } }
    }
    struct Broken: Error {}

    func plan(_ target: InstallTarget) async throws -> [String] { ["write \(path)"] }

    func apply(_ run: InstallRun) async throws {
        try run.changes.write("content of \(name)\n", to: path)
        let fails = failure?.left.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails == true { throw Broken() }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        try target.has("content of \(name)\n", at: path) ? nil : "\(path) is not as written"
    }
}

struct InstallerTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)

    private func target(_ scratch: Scratch) throws -> InstallTarget { try Fixture.target(scratch) }

    @Test func aFinishedNodeIsLeftAlone() async throws {
        let scratch = try Scratch()
        let steps = ["a", "b"].map { FileStep(name: $0, path: "/etc/kf/\($0)") }
        let installer = Installer(steps: steps)
        let target = try target(scratch)
        let journal = try await Journal(scratch.root, clock: clock)
        #expect(try await installer.run(target, journal: journal).applied == ["a", "b"])
        let before = try scratch.tree()
        #expect(try await installer.run(target, journal: journal).applied.isEmpty)
        #expect(try scratch.tree() == before)
        #expect(try await installer.plan(target).allSatisfy(\.lines.isEmpty))
    }

    @Test func aFailedRunGoesOnWhereItStopped() async throws {
        let scratch = try Scratch()
        let failure = FileStep.Failure(times: 1)
        let installer = Installer(steps: [
            FileStep(name: "a", path: "/etc/kf/a"), FileStep(name: "b", path: "/etc/kf/b", failure: failure),
            FileStep(name: "c", path: "/etc/kf/c"),
        ])
        let target = try target(scratch)
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            await #expect {
                try await installer.run(target, journal: journal)
            } throws: { ($0 as? InstallError)?.category == .stepFailed }
        }
        #expect(try scratch.text("/etc/kf/c") == nil)
        let status = try NodeStatus(root: scratch.root)
        #expect(status.phase == .interrupted)

        let journal = try await Journal(scratch.root, clock: clock)
        #expect(try await installer.run(target, journal: journal).applied == ["b", "c"])
        #expect(try scratch.text("/etc/kf/c") == "content of c\n")
        #expect(try NodeStatus(root: scratch.root).phase == .installed)
    }

    @Test func whatDriftedIsDoneAgain() async throws {
        let scratch = try Scratch()
        let installer = Installer(steps: ["a", "b"].map { FileStep(name: $0, path: "/etc/kf/\($0)") })
        let target = try target(scratch)
        let journal = try await Journal(scratch.root, clock: clock)
        _ = try await installer.run(target, journal: journal)
        try scratch.write("edited", to: "/etc/kf/b")
        #expect(try await installer.run(target, journal: journal).applied == ["b"])
        #expect(try scratch.text("/etc/kf/b") == "content of b\n")
    }

    @Test func installThenUndoLeavesTheSameTree() async throws {
        let scratch = try Scratch()
        try scratch.write("mine\n", to: "/etc/kf/b", mode: 0o600)
        let before = try scratch.tree()
        let installer = Installer(steps: ["a", "b"].map { FileStep(name: $0, path: "/etc/kf/\($0)") })
        let journal = try await Journal(scratch.root, clock: clock)
        _ = try await installer.run(try target(scratch), journal: journal)
        let report = try await JournalUndo(context: scratch.context(), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }

    @Test func theSystemStepEditsOnlyItsLines() async throws {
        let scratch = try Scratch()
        try scratch.write("/dev/sda1 / ext4 defaults 0 1\n/dev/sdb none swap sw 0 0\n", to: "/etc/fstab")
        try scratch.write("127.0.0.1 localhost\n", to: "/etc/hosts")
        try scratch.write("Filename Type\n", to: "/proc/swaps")
        try scratch.write("nodev\toverlay\n", to: "/proc/filesystems")
        for (key, value) in [
            ("net.ipv4.ip_forward", "0"), ("net.bridge.bridge-nf-call-iptables", "1"),
            ("net.bridge.bridge-nf-call-ip6tables", "0"), ("net.ipv4.conf.all.rp_filter", "1"),
            ("net.netfilter.nf_conntrack_max", "1000"), ("vm.max_map_count", "65530"),
        ] { try scratch.write("\(value)\n", to: HostChanges.sysctlPath(key)) }
        let before = try scratch.tree().filter { !$0.hasPrefix("/var") }

        let target = try target(scratch)
        let journal = try await Journal(scratch.root, clock: clock)
        _ = try await Installer(steps: [SystemStep()]).run(target, journal: journal)
        #expect(
            try scratch.text("/etc/fstab")
                == "/dev/sda1 / ext4 defaults 0 1\n# node-install: /dev/sdb none swap sw 0 0\n")
        #expect(try scratch.text("/etc/hosts") == "127.0.0.1 localhost\n10.77.0.10 m0 # node-install\n")
        #expect(try scratch.text("/proc/sys/net/ipv4/ip_forward") == "1\n")
        #expect(try scratch.text("/proc/sys/net/ipv4/conf/all/rp_filter") == "2\n")
        #expect(try #require(try scratch.text(SystemStep.sysctlFile)).contains("vm.max_map_count = 262144\n"))
        #expect(try await SystemStep().verify(target) == nil)

        #expect(try await JournalUndo(context: scratch.context(), journal: journal).run().left.isEmpty)
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }
}
