import Host
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What a writer leaves that was killed in the middle.
struct AbandonedFileTests {
    private let scratch: ScratchFolder
    private var file: FilePath { scratch.file("config") }
    private var temporary: FilePath { scratch.file(".config.kubeferry.tmp") }

    init() throws { scratch = try ScratchFolder() }

    private func abandon() throws -> FileDescriptor {
        try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .otherRead])
    }

    @Test func theNextWriterReplacesIt() throws {
        try abandon().closeAfter {}
        try AtomicFile.write("new".utf8, to: file, mode: 0o600)
        #expect(try FileSystem.list(scratch.path) == ["config"])
        #expect(try FileSystem.text(file) == "new")
        #expect(try FileSystem.status(file)?.mode == 0o600)
    }

    @Test func itIsRemovedWithoutAnotherWrite() throws {
        try abandon().closeAfter {}
        try AtomicFile.removeAbandoned(beside: file)
        #expect(try FileSystem.list(scratch.path) == [])
        try AtomicFile.removeAbandoned(beside: file)
        try AtomicFile.removeAbandoned(beside: scratch.file("nowhere/config"))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["pipe", "link", "folder"])
    func whatNoWriterMadeIsInNobodysWay(_ kind: String) throws {
        func plant() throws {
            switch kind {
            case "pipe": #expect(mkfifo(temporary.string, 0o600) == 0)
            case "link": try makeLink(temporary, to: "/etc/hostname")
            default: try FileSystem.makeDirectories(temporary)
            }
        }
        try plant()
        try AtomicFile.write("new".utf8, to: file)
        #expect(try FileSystem.list(scratch.path) == ["config"])
        #expect(try FileSystem.text(file) == "new")
        // It is not what a writer left, so cleaning up does not take it along, and does not wait for it either.
        try plant()
        try AtomicFile.removeAbandoned(beside: file)
        #expect(try FileSystem.list(scratch.path) == [".config.kubeferry.tmp", "config"])
    }

    @Test func aFolderWithSomethingInItIsAnErrorAndStays() throws {
        try FileSystem.makeDirectories(temporary.appending("of-others"))
        #expect(throws: HostError.self) { try AtomicFile.write("new".utf8, to: file) }
        #expect(try FileSystem.list(scratch.path) == [".config.kubeferry.tmp"])
    }

    @Test func aWriterAtWorkIsLeftAlone() throws {
        let other = try abandon()
        #expect(flock(other.rawValue, LOCK_EX) == 0)
        try AtomicFile.removeAbandoned(beside: file)
        #expect(try FileSystem.list(scratch.path) == [".config.kubeferry.tmp"])
        // Not by closing alone: a program that another test is starting has a copy of the descriptor for a moment.
        #expect(flock(other.rawValue, LOCK_UN) == 0)
        try other.close()
        try AtomicFile.removeAbandoned(beside: file)
        #expect(try FileSystem.list(scratch.path) == [])
    }
}
