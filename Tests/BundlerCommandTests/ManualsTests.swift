import Host
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The man pages that releases have, made of what the program says about itself.
@Suite(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "SKIPPED: needs python3"))
struct ManualsTests {
    private static let script = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("Scripts").appending("manuals").string

    private func write(to folder: FilePath) async throws -> [String: [UInt8]] {
        try await SystemProcessRunner().require(
            Command(
                Self.script, [folder.string, CommandBench.bundler], environment: ["SOURCE_DATE_EPOCH": "1700000000"],
                timeout: 300))
        var pages: [String: [UInt8]] = [:]
        for name in try FileSystem.list(folder) { pages[name] = try FileSystem.read(folder.appending(name)) }
        return pages
    }

    /// The script itself refuses what groff or mandoc warns about.
    @Test func everyCommandHasAPageAndTheBytesAreTheSame() async throws {
        let scratch = try ScratchFolder()
        let pages = try await write(to: scratch.path.appending("one"))
        for name in ["bundler.1", "bundler-make.1", "bundler-completions.1"] { #expect(pages[name] != nil, "\(name)") }
        let again = try await write(to: scratch.path.appending("two"))
        #expect(again == pages)
        let make = String(decoding: pages["bundler-make.1"] ?? [], as: UTF8.self)
        #expect(make.hasPrefix(#".TH "BUNDLER\-MAKE" 1 "2023-11-14""#))
        #expect(make.contains(#"\fB\-\-unsigned\fR"#))
    }

    @Test func withoutADateThereAreNoPages() async throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path.appending("none")
        let result = try await SystemProcessRunner().run(
            Command("env", ["-u", "SOURCE_DATE_EPOCH", Self.script, folder.string, CommandBench.bundler]))
        #expect(result.status == 1)
        #expect(result.standardError == "error: SOURCE_DATE_EPOCH is not set\n")
        #expect(!FileSystem.exists(folder))
    }
}
