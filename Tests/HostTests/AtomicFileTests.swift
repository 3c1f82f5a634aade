import Host
import SystemPackage
import TestSupport
import Testing

struct AtomicFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func theWholeContentAndTheModeArrive() throws {
        let file = scratch.file("config")
        try AtomicFile.write("one\n".utf8, to: file, mode: 0o600)
        #expect(try FileSystem.text(file) == "one\n")
        #expect(try FileSystem.status(file)?.mode == 0o600)
    }

    @Test func anExistingFileGetsNewContentAndMode() throws {
        let file = scratch.file("config")
        try AtomicFile.write("a long first content".utf8, to: file, mode: 0o644)
        try AtomicFile.write("two".utf8, to: file, mode: 0o640)
        #expect(try FileSystem.text(file) == "two")
        #expect(try FileSystem.status(file)?.mode == 0o640)
        #expect(try FileSystem.list(scratch.path) == ["config"])
    }

    @Test func aLinkIsReplacedAndItsTargetLeftAlone() throws {
        let target = scratch.file("target")
        let link = scratch.file("link")
        try AtomicFile.write("kept".utf8, to: target)
        try makeLink(link, to: "target")
        try AtomicFile.write("new".utf8, to: link)
        #expect(try FileSystem.text(target) == "kept")
        #expect(try FileSystem.status(link)?.kind == .file)
    }

    @Test func aFailureLeavesTheOldContentAndNothingElse() throws {
        // Not even root can rename a file over a folder.
        let folder = scratch.file("busy")
        try FileSystem.makeDirectories(folder)
        try AtomicFile.write("inside".utf8, to: folder.appending("old"))
        let error = #expect(throws: HostError.self) { try AtomicFile.write("new".utf8, to: folder) }
        #expect(error == .system("write", path: folder.string, errno: Errno.isDirectory.rawValue))
        #expect(try FileSystem.list(scratch.path) == ["busy"])
        #expect(try FileSystem.text(folder.appending("old")) == "inside")
    }

    @Test func aMissingFolderIsNamed() {
        let file = scratch.file("nowhere/config")
        #expect(throws: HostError.system("write", path: file.string, errno: Errno.noSuchFileOrDirectory.rawValue)) {
            try AtomicFile.write("x".utf8, to: file)
        }
    }

    @Test func writersAtOnceEachLeaveAWholeFile() async throws {
        let file = scratch.file("shared")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for _ in 0..<20 {
                        try AtomicFile.write([UInt8](repeating: UInt8(writer), count: 4000 + writer), to: file)
                    }
                }
            }
            try await group.waitForAll()
        }
        let content = try FileSystem.read(file)
        let writer = try #require(content.first)
        #expect(content == [UInt8](repeating: writer, count: 4000 + Int(writer)))
        #expect(try FileSystem.list(scratch.path) == ["shared"])
    }
}
