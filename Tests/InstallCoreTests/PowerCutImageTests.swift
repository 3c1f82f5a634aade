import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

struct PowerCutImageTests {
    private let ok = CommandResult(status: 0)

    /// A second boot after an import that did not finish; the store holds the import's and the operator's files.
    private func interrupted(_ scratch: Scratch, kept: [String]) async throws -> (InstallRun, ScriptedPrograms) {
        let hex = try #require(Fixture.digest).description
        let images = "registry.k8s.io/pause:3.9 type \(hex) complete (1/1) 1 B/1 B true\n"
        let runner = ScriptedPrograms([
            ("systemctl", ok), ("/usr/local/bin/ctr -n k8s.io images check", .init(status: 0, standardOutput: images)),
            ("/usr/local/bin/ctr", ok),
        ])
        let target = try Fixture.target(scratch, runner: runner)
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try journal.append(.runStarted(run: target.node))
        try journal.append(.directoryClaimed(path: "/var/lib/containerd", existed: true, kept: kept))
        try journal.append(.stepStarted(step: "images"))
        var later = target.node
        later.bootID = "boot-2"
        try journal.append(.runStarted(run: later))
        try journal.append(.stepStarted(step: "images"))
        return (InstallRun(target: target, journal: journal), runner)
    }

    /// With a containerd that knows of nothing: it has no part in what is tested.
    private func withContainerd(_ body: (Scratch) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await ContainerdInstance.with(ContainerdVersion.distribution) { containerd in
            try scratch.leadSocket(to: containerd)
            try await body(scratch)
        }
    }

    @Test func whatWasThereBeforeStays() async throws {
        let scratch = try Scratch()
        try scratch.write("mine", to: "/var/lib/containerd/mine/file")
        try scratch.write("half", to: "/var/lib/containerd/io.containerd.content/blob")
        let (run, runner) = try await interrupted(scratch, kept: ["mine"])
        // So the bundle's images are taken out of what is left.
        #expect(try await !ImagesStep().emptyStore(run))
        #expect(try FileSystem.list(scratch.root.resolve("/var/lib/containerd")) == ["mine"])
        #expect(try scratch.text("/var/lib/containerd/mine/file") == "mine")
        #expect(runner.commands.contains("systemctl start containerd.service"))
    }

    @Test(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
    func aStoreBehindALinkIsEmptiedToo() async throws {
        try await withContainerd { scratch in
            try scratch.write("half", to: "/srv/store/io.containerd.content/blob")
            try FileSystem.makeDirectories(scratch.root.resolve("/var/lib"))
            #expect(symlink("../../srv/store", scratch.root.resolve("/var/lib/containerd").string) == 0)
            let (run, _) = try await interrupted(scratch, kept: [])
            try await ImagesStep().apply(run)
            #expect(try FileSystem.list(scratch.root.resolve("/srv/store")) == [])
        }
    }

    @Test(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
    func onceEmptiedTheStoreCountsUntilTheMachineGoesDownAgain() async throws {
        try await withContainerd { scratch in
            try scratch.write("half", to: "/var/lib/containerd/io.containerd.content/blob")
            let (run, runner) = try await interrupted(scratch, kept: [])
            #expect(ImagesStep.wentDownHalfway(run.journal.entries))
            try await ImagesStep().apply(run)
            #expect(!ImagesStep.wentDownHalfway(run.journal.entries))
            // The run was killed, and the next one is of the same boot.
            try scratch.write("loaded", to: "/var/lib/containerd/io.containerd.content/blob")
            var later = run.target.node
            later.bootID = "boot-2"
            try run.journal.append(.runStarted(run: later))
            try run.journal.append(.stepStarted(step: "images"))
            let stops = runner.commands.filter { $0.hasPrefix("systemctl stop") }
            try await ImagesStep().apply(run)
            #expect(runner.commands.filter { $0.hasPrefix("systemctl stop") } == stops)
            #expect(try scratch.text("/var/lib/containerd/io.containerd.content/blob") == "loaded")
            // Killed again, and then the power went.
            #expect(ImagesStep.wentDownHalfway(run.journal.entries, now: "boot-3"))
            try run.journal.append(.stepDone(step: "images"))
            #expect(!ImagesStep.wentDownHalfway(run.journal.entries, now: "boot-3"))
        }
    }

    /// What stays could be a layer that is empty inside.
    @Test(.enabled(if: geteuid() == 0, "mounts a file system"))
    func whatCannotBeRemovedEndsTheStep() async throws {
        let scratch = try Scratch()
        let other = scratch.root.resolve("/var/lib/containerd/other")
        try FileSystem.makeDirectories(other)
        try await SystemProcessRunner().require(Command("mount", ["-t", "tmpfs", "none", other.string]))
        let (run, runner) = try await interrupted(scratch, kept: [])
        let error = await #expect(throws: InstallError.self) { try await ImagesStep().apply(run) }
        try await SystemProcessRunner().require(Command("umount", [other.string]))
        #expect(error?.message.contains("another file system") == true)
        #expect(!runner.commands.contains { $0.contains("images") })
    }
}
