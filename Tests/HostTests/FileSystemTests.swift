import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

struct FileSystemTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func missingFoldersAreMadeOutermostFirst() throws {
        let deep = scratch.file("a/b/c")
        let made = try FileSystem.makeDirectories(deep, mode: 0o700)
        #expect(made == [scratch.file("a"), scratch.file("a/b"), deep])
        #expect(try FileSystem.status(deep)?.mode == 0o700)
        #expect(try FileSystem.status(scratch.file("a"))?.mode == 0o755)
        #expect(try FileSystem.makeDirectories(deep) == [])
    }

    @Test func aLinkToAFolderIsAFolder() throws {
        try FileSystem.makeDirectories(scratch.file("real"))
        try makeLink(scratch.file("link"), to: "real")
        #expect(try FileSystem.makeDirectories(scratch.file("link/x")) == [scratch.file("link/x")])
        #expect(FileSystem.exists(scratch.file("real/x")))
    }

    @Test func aFileInTheWayIsAnError() throws {
        try AtomicFile.write("x".utf8, to: scratch.file("file"))
        #expect(throws: HostError.self) { try FileSystem.makeDirectories(scratch.file("file")) }
        #expect(throws: HostError.self) { try FileSystem.makeDirectories(scratch.file("file/below")) }
    }

    @Test func readingHasALimit() throws {
        let file = scratch.file("large")
        try AtomicFile.write([UInt8](repeating: 1, count: 1001), to: file)
        #expect(try FileSystem.read(file, limit: 1001).count == 1001)
        #expect(throws: HostError.system("read", path: file.string, errno: Errno.fileTooLarge.rawValue)) {
            try FileSystem.read(file, limit: 1000)
        }
    }

    @Test func nothingThereIsNotAnError() throws {
        let nothing = scratch.file("nothing")
        #expect(try FileSystem.readIfPresent(nothing) == nil)
        #expect(try FileSystem.text(nothing) == nil)
        #expect(try FileSystem.status(nothing) == nil)
        #expect(try FileSystem.list(nothing) == [])
        #expect(!FileSystem.exists(nothing))
        try FileSystem.remove(nothing)
    }

    @Test func statusDoesNotFollowLinks() throws {
        try makeLink(scratch.file("dangling"), to: "nowhere")
        #expect(try FileSystem.status(scratch.file("dangling"))?.kind == .symlink)
        #expect(FileSystem.exists(scratch.file("dangling")))
    }

    @Test func aFullFolderIsNotRemoved() throws {
        try FileSystem.makeDirectories(scratch.file("full/inner"))
        #expect(throws: HostError.system("remove", path: scratch.file("full").string, errno: 39)) {
            try FileSystem.remove(scratch.file("full"))
        }
        try FileSystem.remove(scratch.file("full/inner"))
        try FileSystem.remove(scratch.file("full"))
        #expect(!FileSystem.exists(scratch.file("full")))
    }

    @Test func namesAreSorted() throws {
        for name in ["b", "a", ".hidden", "ä"] { try AtomicFile.write("".utf8, to: scratch.file(name)) }
        #expect(try FileSystem.list(scratch.path) == [".hidden", "a", "b", "ä"])
    }

    @Test func freeSpaceIsAskedOfTheFileSystemThatHoldsThePath() throws {
        #expect(try FileSystem.freeBytes(scratch.path) > 0)
        #expect(throws: HostError.self) { try FileSystem.freeBytes(scratch.file("nothing")) }
    }

    @Test func aFullDiskHasItsOwnCategory() {
        let error = HostError.system("write", path: "/x", errno: Errno.noSpace.rawValue)
        #expect(error.category == .noSpace)
        #expect(!error.hint.isEmpty)
        #expect(HostError.system("write", path: "/x", errno: Errno.ioError.rawValue).category == .hostCommandFailed)
    }
}
