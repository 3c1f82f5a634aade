import Host
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `make locked` without the real upstreams: examples/full.yaml, of one that stands in for them (Tests/StandInUpstream).
@Suite(.enabled(if: StandInUpstream.canRun, "SKIPPED: needs python3, dpkg-dev and gnupg"))
struct FullExampleTests {
    private static let script = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("Scripts").appending("locked-twice").string

    /// The script itself compares, and tries what has to be refused.
    @Test func itsLockGivesTheSameBytesInOtherFoldersOrRefuses() async throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path.appending("locked")
        let result = try await SystemProcessRunner().run(
            Command(
                Self.script, [CommandBench.bundler],
                environment: ["UPSTREAM": "standin", "LOCKED_DIR": folder.string], timeout: 900))
        #expect(result.status == 0, "\(result.ending)")
        for name in ["first", "second", "third"] {
            #expect(FileSystem.exists(scratch.path.appending("locked").appending(name).appending("k8s.run")), "\(name)")
        }
    }
}

/// Tests/StandInUpstream.
private enum StandInUpstream {
    static var canRun: Bool {
        ["python3", "dpkg-deb", "dpkg-scanpackages", "gpg", "gpgv"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }
}
