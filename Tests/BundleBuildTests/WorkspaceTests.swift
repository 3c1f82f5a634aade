import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

#if canImport(Glibc)
    import Glibc
#endif

struct WorkspaceTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func workspace() throws -> Workspace { try Workspace(beside: scratch.file("k8s.run")) }

    @Test func whatAKilledRunLeftGoes() throws {
        // One had the number of this process, as in a container, where every first process has the same.
        for mark in ["\(getpid())", "\(getpid())-1", "99999999"] {
            let packs = scratch.file(".k8s.run.\(mark).work").appending("packs")
            try FileSystem.makeDirectories(packs)
            try AtomicFile.write([UInt8(1)], to: packs.appending("node.tar.zst"))
        }
        let workspace = try workspace()
        let name = try #require(workspace.path.lastComponent?.string)
        #expect(try FileSystem.list(scratch.path) == [name])
        #expect(try FileSystem.list(workspace.path) == [])
        workspace.remove()
        #expect(try FileSystem.list(scratch.path) == [])
    }

    @Test func afterWorkThatFailedItIsGoneWhoeverHoldsIt() async throws {
        let workspace = try workspace()
        await #expect(throws: CancellationError.self) {
            try await workspace.removedOnFailure {
                _ = try workspace.folder("packs")
                throw CancellationError()
            }
        }
        #expect(try FileSystem.list(scratch.path) == [])
        withExtendedLifetime(workspace) {}
    }

    @Test func whatSomebodyIsAtWorkOnStays() throws {
        let first = try workspace()
        let kept = try first.folder("packs").appending("node.tar.zst")
        try AtomicFile.write([UInt8(1)], to: kept)
        let second = try workspace()
        #expect(first.path != second.path)
        #expect(try FileSystem.list(second.path) == [])
        second.remove()
        #expect(FileSystem.exists(kept) && !FileSystem.exists(second.path))
        withExtendedLifetime(first) {}
    }

    @Test(arguments: [".k8s.run.mine.work", ".k8s.run..work", ".other.run.7.work", ".k8s.run.7.work.txt"])
    func whatIsNoRunsStays(_ name: String) throws {
        try FileSystem.makeDirectories(scratch.file(name))
        try workspace().remove()
        #expect(try FileSystem.list(scratch.path) == [name])
    }

    @Test func aWorkspaceThatIsGoneRemovesNothingMore() throws {
        let workspace = try workspace()
        workspace.remove()
        // The name is another run's now.
        try FileSystem.makeDirectories(workspace.path)
        workspace.remove()
        #expect(FileSystem.exists(workspace.path))
    }
}
