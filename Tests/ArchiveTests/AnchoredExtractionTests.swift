import Archive
import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

/// Unpacking follows no link below the root, neither to write nor to see what is there already.
struct AnchoredExtractionTests {
    private let content = Array("tool".utf8)

    @Test func theSameFileBehindALinkedFolderIsNotTheFile() throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "a/b/tool", mode: 0o755, content: content)]).members
        let outside = folder.path.appending("outside")
        try FileSystem.makeDirectories(outside.appending("b"))
        try AtomicFile.write(content, to: outside.appending("b/tool"), mode: 0o755)
        try link(folder.root.appending("a"), to: outside)
        #expect(throws: ArchiveError.self) { try folder.extract(members) }
        #expect(try FileSystem.status(folder.root.appending("a"))?.kind == .symlink)
    }

    @Test func aLinkToTheSameFileIsReplacedByTheFile() throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)]).members
        let outside = folder.path.appending("outside")
        try AtomicFile.write(content, to: outside, mode: 0o755)
        try link(folder.root.appending("tool"), to: outside)
        #expect(try folder.extract(members) == ["tool"])
        #expect(try FileSystem.status(folder.root.appending("tool"))?.kind == .file)
        #expect(try FileSystem.text(outside) == "tool")
    }

    @Test func aLinkInPlaceOfTheUnfinishedFileIsNotWrittenThrough() throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)]).members
        let outside = folder.path.appending("outside")
        try AtomicFile.write(Array("other".utf8), to: outside)
        try link(folder.root.appending(".tool.node-install"), to: outside)
        #expect(try folder.extract(members) == ["tool"])
        #expect(try FileSystem.text(outside) == "other")
    }

    @Test func aFIFOIsReplacedAndNotWaitedFor() async throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)]).members
        try await SystemProcessRunner().require(Command("mkfifo", [folder.root.appending("tool").string]))
        #expect(try folder.extract(members) == ["tool"])
        #expect(try FileSystem.text(folder.root.appending("tool")) == "tool")
    }

    @Test func newFoldersGetTheirModesAndOldOnesKeepTheirs() throws {
        let folder = try PackFolder()
        let members = try folder.write([
            .directory(path: "new", mode: 0o701), .bytes(path: "new/sub/tool", mode: 0o604, content: content),
            .directory(path: "open", mode: 0o777), .directory(path: "old", mode: 0o755),
        ]).members
        try FileSystem.makeDirectories(folder.root.appending("old"), mode: 0o750)
        try folder.extract(members)
        let modes = try ["new", "new/sub", "new/sub/tool", "open", "old"].map {
            try FileSystem.status(folder.root.appending($0))?.mode
        }
        #expect(modes == [0o701, 0o755, 0o604, 0o777, 0o750])
    }

    @Test func aFileWithOtherContentOrModeIsReplaced() throws {
        let folder = try PackFolder()
        let members = try folder.write([.bytes(path: "tool", mode: 0o755, content: content)]).members
        for (text, mode) in [("look", UInt16(0o755)), ("tool", 0o644), ("tools", 0o755)] {
            try AtomicFile.write(Array(text.utf8), to: folder.root.appending("tool"), mode: mode)
            var asked: [String] = []
            #expect(try folder.extract(members) { asked.append($0) } == ["tool"])
            #expect(asked == ["tool"])
            #expect(try FileSystem.text(folder.root.appending("tool")) == "tool")
        }
        #expect(try folder.extract(members) == [])
    }

    @Test func aPackWithFewerOrMoreMembersThanItsIndexIsRefused() throws {
        let folder = try PackFolder()
        let members = try folder.write([
            .bytes(path: "a", mode: 0o644, content: [1]), .bytes(path: "b", mode: 0o644, content: [2]),
        ]).members
        #expect(throws: ArchiveError.unexpectedMember("b", reason: "the index ends before it")) {
            try folder.extract([members[0]])
        }
        #expect(throws: ArchiveError.missingMembers(["c"], archive: "pack")) {
            try folder.extract(members + [PackFolder.file("c", [])])
        }
    }

    private func link(_ path: FilePath, to target: FilePath) throws {
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: target.string)
    }
}
