import Archive
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

/// Archives that want to write elsewhere, or are not what the index says, write nothing.
struct SafeExtractorTests {
    private let folder = FilePath("/tmp/kubeferry-archive-\(UUID().uuidString)")

    @Test func filesArriveWithContentAndModeAndASecondTimeChangesNothing() throws {
        defer { clean() }
        let (path, members) = try pack([
            .bytes(path: "a/tool", mode: 0o755, content: Array("tool".utf8)),
            .bytes(path: "b", mode: 0o600, content: []),
        ])
        let root = try makeRoot()
        var asked: [String] = []
        #expect(try extract(path, members, root) { asked.append($0) } == ["a/tool", "b"])
        #expect(asked == ["a/tool", "b"])
        #expect(try FileSystem.text(root.appending("a/tool")) == "tool")
        #expect(try FileSystem.status(root.appending("a/tool"))?.mode == 0o755)
        #expect(try extract(path, members, root) { _ in } == [])
    }

    @Test func contentThatIsNotTheIndexsLeavesTheOldFile() throws {
        defer { clean() }
        let (path, members) = try pack([.bytes(path: "tool", mode: 0o755, content: Array("new".utf8))])
        var lying = members
        lying[0].sha256 = SHA256Hasher.hash(Array("other".utf8))
        let root = try makeRoot()
        try AtomicFile.write(Array("old".utf8), to: root.appending("tool"))
        #expect(throws: ArchiveError.self) { try extract(path, lying, root) { _ in } }
        #expect(try FileSystem.text(root.appending("tool")) == "old")
        #expect(try FileSystem.list(root) == ["tool"])
    }

    @Test func aSymlinkOnTheWayIsNotFollowed() throws {
        defer { clean() }
        let (path, members) = try pack([.bytes(path: "a/tool", mode: 0o755, content: Array("x".utf8))])
        let root = try makeRoot()
        let outside = folder.appending("outside")
        try FileSystem.makeDirectories(outside)
        try FileManager.default.createSymbolicLink(
            atPath: root.appending("a").string, withDestinationPath: outside.string)
        #expect(throws: ArchiveError.self) { try extract(path, members, root) { _ in } }
        #expect(try FileSystem.list(outside) == [])
    }

    /// Made by GNU tar and Python, as an attacker would.
    @Test(arguments: [
        "t.name='../evil'", "t.name='/evil'", "t.name='a/../../evil'", "t.type=tarfile.SYMTYPE; t.linkname='/etc'",
        "t.type=tarfile.SYMTYPE; t.linkname='../..'", "t.type=tarfile.LNKTYPE; t.linkname='/etc/passwd'",
        "t.type=tarfile.LNKTYPE; t.linkname='other'", "t.type=tarfile.CHRTYPE; t.devmajor=1; t.devminor=3",
        "t.type=tarfile.BLKTYPE", "t.type=tarfile.FIFOTYPE", "t.name='..' + chr(0x2f) + chr(0x301) + 'evil'",
    ])
    func hostileMembersAreRefused(_ change: String) async throws {
        defer { clean() }
        let root = try makeRoot()
        let tar = folder.appending("hostile.tar.gz")
        let script =
            "import tarfile; f=tarfile.open('\(tar)','w:gz',format=tarfile.GNU_FORMAT); t=tarfile.TarInfo('file'); \(change); f.addfile(t); f.close()"
        try await SystemProcessRunner().require(Command("python3", ["-c", script]))
        #expect {
            try UpstreamArchive(tar).extract(into: root) { _ in "file" }
        } throws: {
            guard case ArchiveError.hostileMember = $0 else { return false }
            return true
        }
        #expect(try FileSystem.list(root) == [])
    }

    @Test(arguments: ["gz", "xz", "zst"])
    func upstreamTarballsAreReadAsTarWritesThem(_ kind: String) async throws {
        defer { clean() }
        let root = try makeRoot()
        let source = folder.appending("source/bin")
        try FileSystem.makeDirectories(source)
        try AtomicFile.write(Array("binary".utf8), to: source.appending("containerd"))
        let tar = folder.appending("up.tar.\(kind)")
        try await SystemProcessRunner().require(
            Command("tar", ["-C", folder.appending("source").string, "-caf", tar.string, "bin"]))
        let names = try UpstreamArchive(tar).extract(into: root) {
            $0.hasPrefix("bin/") ? String($0.dropFirst(4)) : nil
        }
        #expect(names == ["containerd"])
        #expect(try FileSystem.text(root.appending("containerd")) == "binary")
    }

    private func makeRoot() throws -> FilePath {
        let root = folder.appending("root")
        try FileSystem.makeDirectories(root)
        return root
    }

    private func clean() { try? FileManager.default.removeItem(atPath: folder.string) }

    private func pack(_ sources: [PackSource]) throws -> (FilePath, [Pack.Member]) {
        try FileSystem.makeDirectories(folder)
        let path = folder.appending("pack")
        let output = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        return try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: Compression(level: 1), threads: 1, modificationTime: 0)
            for source in sources { try writer.add(source) }
            return (path, try writer.finish().members)
        }
    }

    private func extract(
        _ pack: FilePath, _ members: [Pack.Member], _ root: FilePath, _ willReplace: (String) throws -> Void
    ) throws -> [String] {
        let reader = try PackReader(source: FileByteSource(pack), compression: Compression(level: 1))
        return try SafeExtractor(root: root).extract(reader, members: members, willReplace: willReplace)
    }
}
