import Host
import SystemPackage
import Testing

@testable import InstallCore

/// With real packages and dpkg, below a folder.
struct PackageUndoTests {
    /// dpkg's own way to work below another root.
    private struct DpkgBelow: ProcessRunner {
        let root: FilePath

        func run(_ command: Command) async throws -> CommandResult {
            var command = command
            command.environment["DPKG_ROOT"] = root.string
            return try await SystemProcessRunner().run(command)
        }
    }

    /// Packages come by name, so what others depend on may have been recorded before or after them.
    @Test(arguments: [["tool", "library", "base"], ["base", "library", "tool"], ["library", "tool", "base"]])
    func packagesGoWhateverTheirOrder(_ names: [String]) async throws {
        let (scratch, runner) = try await installed()
        let journal = try record(names, scratch)
        let report = try await JournalUndo(context: scratch.context(runner), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(report.listed.isEmpty)
        #expect(try await remaining(runner) == [])
    }

    @Test func whatAnotherPackageNeedsIsListedAndStays() async throws {
        let (scratch, runner) = try await installed()
        let journal = try record(["base", "library"], scratch)
        let report = try await JournalUndo(context: scratch.context(runner), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(Set(report.listed.map(\.what)) == ["package kf-base", "package kf-library"])
        #expect(try await remaining(runner) == ["kf-base", "kf-library", "kf-tool"])
    }

    private func record(_ names: [String], _ scratch: Scratch) throws -> Journal {
        let journal = try Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
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
        let runner = DpkgBelow(root: scratch.path.appending("root"))
        try scratch.write("", to: "/root/var/lib/dpkg/status")
        for folder in ["info", "updates"] {
            try FileSystem.makeDirectories(scratch.path.appending("root/var/lib/dpkg/\(folder)"))
        }
        var files: [String] = []
        for (name, needs) in [("base", ""), ("library", "Depends: kf-base\n"), ("tool", "Depends: kf-library\n")] {
            try scratch.write(
                "Package: kf-\(name)\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n"
                    + needs + "Description: \(name)\n", to: "/\(name)/DEBIAN/control")
            try scratch.write(name, to: "/\(name)/usr/share/kf/\(name)")
            let file = scratch.path.appending("\(name).deb").string
            try await SystemProcessRunner().require(
                Command("dpkg-deb", ["--root-owner-group", "--build", scratch.path.appending(name).string, file]))
            files.append(file)
        }
        try await runner.require(Command("dpkg", ["--install"] + files))
        return (scratch, runner)
    }
}
