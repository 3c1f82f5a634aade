import Host
import SystemPackage
import Testing

@testable import InstallCore

/// With real packages and dpkg, below a folder.
struct PackageUndoTests {
    /// Packages come by name, so what others depend on may have been recorded before or after them.
    @Test(arguments: [["tool", "library", "base"], ["base", "library", "tool"], ["library", "tool", "base"]])
    func packagesGoWhateverTheirOrder(_ names: [String]) async throws {
        let (scratch, runner) = try await installed()
        let journal = try await record(names, scratch)
        let report = try await JournalUndo(context: scratch.context(runner), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(report.listed.isEmpty)
        #expect(try await remaining(runner) == [])
    }

    @Test func whatAnotherPackageNeedsIsListedAndStays() async throws {
        let (scratch, runner) = try await installed()
        let journal = try await record(["base", "library"], scratch)
        let report = try await JournalUndo(context: scratch.context(runner), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(Set(report.listed.map(\.what)) == ["package kf-base", "package kf-library"])
        #expect(try await remaining(runner) == ["kf-base", "kf-library", "kf-tool"])
    }

    @Test func aPackageThatWasThereInPartIsInstalledAndNotPurged() async throws {
        let scratch = try Scratch()
        let runner = try DpkgBelow(scratch)
        let settings = "/etc/kf-tool.conf"
        let files = [
            try await DpkgBelow.package("kf-tool", settings: settings, scratch),
            try await DpkgBelow.package("kf-new", scratch),
        ]
        try await runner.require(Command("dpkg", ["--install", files[0]]))
        try await runner.require(Command("dpkg", ["--remove", "kf-tool"]))
        #expect(try await PackageState.of("kf-tool", runner: runner).state == .configFiles)

        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        let run = InstallRun(target: try Fixture.target(scratch, runner: runner), journal: journal)
        try scratch.write(
            #"{"packages":[{"file":"kf-tool.deb","name":"kf-tool","version":"1.0"},"#
                + #"{"file":"kf-new.deb","name":"kf-new","version":"1.0"}]}"#, to: "/packages.json")
        try await HostPackagesStep().install(folder: "/", run)
        #expect(try await remaining(runner) == ["kf-new", "kf-tool"])
        #expect(journal.entries.map(\.record).last == .packageInstalled(name: "kf-new", version: "1.0"))

        let report = try await JournalUndo(context: run.context, journal: journal).run()
        #expect(report.left == [] && report.listed == [])
        #expect(try await remaining(runner) == ["kf-tool"])
        #expect(try scratch.text("/root\(settings)") == "packaged\n")
    }

    private func record(_ names: [String], _ scratch: Scratch) async throws -> Journal {
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        for name in names { try journal.append(.packageInstalled(name: "kf-\(name)", version: "1.0")) }
        return journal
    }

    private func remaining(_ runner: DpkgBelow) async throws -> [String] {
        let result = try await runner.run(Command("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\\n"]))
        return result.standardOutput.split(separator: "\n").filter { $0.hasSuffix(" installed") }
            .map { String($0.prefix { $0 != " " }) }.sorted()
    }

    /// kf-tool depends on kf-library, which depends on kf-base.
    private func installed() async throws -> (Scratch, DpkgBelow) {
        let scratch = try Scratch()
        let runner = try DpkgBelow(scratch)
        let files = [
            try await DpkgBelow.package("kf-base", scratch),
            try await DpkgBelow.package("kf-library", needs: "kf-base", scratch),
            try await DpkgBelow.package("kf-tool", needs: "kf-library", scratch),
        ]
        try await runner.require(Command("dpkg", ["--install"] + files))
        return (scratch, runner)
    }
}
