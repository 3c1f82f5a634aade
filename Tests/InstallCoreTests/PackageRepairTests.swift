import Host
import SystemPackage
import Testing

@testable import InstallCore

/// A run that was killed while dpkg worked. With a real package and dpkg, below a folder.
struct PackageRepairTests {
    /// dpkg came as far as unpacking kf-tool.
    private func unpacked() async throws -> (Scratch, DpkgBelow, Journal) {
        let scratch = try Scratch()
        let runner = try DpkgBelow(scratch)
        let file = try await DpkgBelow.package("kf-tool", scratch)
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try journal.append(.packageInstalled(name: "kf-tool", version: "1.0"))
        try await runner.require(Command("dpkg", ["--unpack", file]))
        #expect(try await PackageState.of("kf-tool", runner: runner).state == .unpacked)
        return (scratch, runner, journal)
    }

    @Test func whatIsUnpackedOnlyIsConfigured() async throws {
        let (scratch, runner, journal) = try await unpacked()
        let run = InstallRun(target: try Fixture.target(scratch, runner: runner), journal: journal)
        let step = HostPackagesStep()
        #expect(try await step.verify(run.target) == "packages are not configured: kf-tool (unpacked)")
        try await step.apply(run)
        #expect(try await PackageState.of("kf-tool", runner: runner).state == .installed)
        #expect(try await step.verify(run.target) == nil)
    }

    @Test func packagesOfOthersAreNotOursToConfigure() async throws {
        let (scratch, runner, _) = try await unpacked()
        try FileSystem.remove(scratch.root.resolve(NodePaths.journal))
        let target = try Fixture.target(scratch, runner: runner)
        #expect(try await HostPackagesStep().verify(target) == nil)
    }

    @Test(arguments: ["unpacked", "half-configured", "half-installed"])
    func resetRemovesWhatDpkgDidNotFinish(_ state: String) async throws {
        let (scratch, runner, journal) = try await unpacked()
        let status = "/root/var/lib/dpkg/status"
        let text = try #require(try scratch.text(status))
        let want = state == "half-installed" ? "install reinstreq half-installed" : "install ok \(state)"
        try scratch.write(text.replacing("install ok unpacked", with: want), to: status)
        #expect(try await PackageState.of("kf-tool", runner: runner).state.rawValue == state)
        let report = try await JournalUndo(context: scratch.context(runner), journal: journal).run()
        #expect(report.left == [] && report.listed == [])
        #expect(try await PackageState.of("kf-tool", runner: runner).state == .notInstalled)
        #expect(!FileSystem.exists(scratch.path.appending("root/usr/share/kf/kf-tool")))
    }
}
