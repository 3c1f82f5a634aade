import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// With real packages and dpkg, below a folder.
struct PackageStageTests {
    private let scratch: Scratch
    private let runner: DpkgBelow

    init() throws {
        scratch = try Scratch()
        runner = try DpkgBelow(scratch)
    }

    private func run() async throws -> InstallRun {
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        return InstallRun(target: try Fixture.target(scratch, runner: runner), journal: journal)
    }

    private func state(_ name: String) async throws -> PackageState {
        try await PackageState.of(name, runner: runner).state
    }

    /// Packages `kf-tool` and `kf-early`, of which the one pre-depends on the other, and their list.
    private func makeList(stage: String, excludes: String? = nil) async throws {
        _ = try await DpkgBelow.package("kf-early", scratch)
        _ = try await DpkgBelow.package("kf-tool", firstNeeds: "kf-early", excludes: excludes, scratch)
        try scratch.write(
            #"{"packages":[{"file":"kf-early.deb","name":"kf-early","version":"1.0"},"#
                + #"{"file":"kf-tool.deb","name":"kf-tool","version":"1.0"\#(stage)}]}"#, to: "/packages.json")
    }

    @Test func whatIsPreDependedOnIsConfiguredBeforeTheRestIsUnpacked() async throws {
        try await makeList(stage: #","stage":1"#)
        let run = try await self.run()
        try await HostPackagesStep().install(folder: "/", run)
        #expect(try await state("kf-early") == .installed)
        #expect(try await state("kf-tool") == .installed)
        // The same again finds nothing to do.
        let entries = run.journal.entries.count
        try await HostPackagesStep().install(folder: "/", run)
        #expect(run.journal.entries.count == entries)
    }

    @Test func withoutAStageDpkgRefusesAndNothingIsInstalled() async throws {
        try await makeList(stage: "")
        let run = try await self.run()
        let error = await #expect(throws: InstallError.self) { try await HostPackagesStep().install(folder: "/", run) }
        #expect(error?.message.contains("nothing was installed") == true)
        #expect(try await state("kf-early") == .notInstalled)
    }

    @Test func whatALaterStageExcludesIsFoundBeforeTheFirstIsInstalled() async throws {
        let old = try await DpkgBelow.package("kf-old", scratch)
        try await runner.require(Command("dpkg", ["--install", old]))
        try await makeList(stage: #","stage":1"#, excludes: "kf-old")
        let run = try await self.run()
        let entries = run.journal.entries.count
        let error = await #expect(throws: InstallError.self) { try await HostPackagesStep().install(folder: "/", run) }
        #expect(error?.message.contains("none of them was installed") == true)
        #expect(error?.message.contains("kf-old") == true)
        #expect(try await state("kf-early") == .notInstalled)
        #expect(run.journal.entries.count == entries)
    }

    @Test func whatTheBundleWasAskedForIsMissingUntilItIsInstalled() async throws {
        let file = try await DpkgBelow.package("kf-extra", scratch)
        let members = ["extra/kf-extra_1.0_amd64.deb", "kf-other_1.0_amd64.deb", "packages.json"]
        let target = try self.target(members: members)
        let step = HostPackagesStep()
        #expect(try await step.plan(target) == ["install further packages: kf-extra"])
        #expect(try await step.verify(target) == "packages are missing: kf-extra")
        try await runner.require(Command("dpkg", ["--install", file]))
        #expect(try await step.plan(target) == [])
        #expect(try await step.verify(target) == nil)
    }

    /// A node whose bundle has a pack of packages.
    private func target(members: [String]) throws -> InstallTarget {
        let digest = try #require(Fixture.digest)
        var index = try Fixture.index()
        index.packs = [
            Pack(
                name: "packages-debian-12", content: .packages, selector: .init(), compression: Compression(), size: 1,
                uncompressedSize: 1, chunkSize: 1, chunks: [digest], digest: digest,
                members: members.map { .init(path: $0, mode: 0o644, size: 1, sha256: digest) })
        ]
        let plain = try Fixture.target(scratch, runner: runner)
        return InstallTarget(
            context: plain.context, content: EmptyBundle(index: index), options: plain.options, node: plain.node,
            services: plain.services)
    }
}
