import Archive
import BundleModel
import Host
import SystemPackage
import Testing

/// Packs that want to write elsewhere, in real tars that Python wrote: refused, whatever their index lists.
struct HostilePackTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        let member: Pack.Member
        /// Of Python's TarInfo.
        let fields: String

        var testDescription: String { "\(member.path.debugDescription) \(fields)" }
    }

    private static func file(_ path: String, fields: String = "", mode: UInt32 = 0o644) -> Hostile {
        Hostile(member: PackFolder.file(path, Array("evil".utf8), mode: mode), fields: fields)
    }

    private static func link(_ path: String, _ target: String) -> Hostile {
        let member = Pack.Member(path: path, kind: .symlink, mode: 0o777, target: target)
        return Hostile(member: member, fields: ", type=tarfile.SYMTYPE, linkname='\(target)'")
    }

    /// Names come after `good`, so that an honest file is already there to be unpacked.
    private static let hostile = [
        file("../evil"), file("/evil"), file("/tmp/../evil"), file("h/../../evil"), file("h/.."), file("h//evil"),
        file("h/./evil"), file("h\u{7f}"), file("..\u{2f}\u{301}evil"), file("h/..\u{2f}\u{301}evil"),
        file("\u{2f}\u{301}evil"), file("h/.x.node-install"), file(String(repeating: "h/", count: 40) + "evil"),
        link("h", "/etc"), link("h", ".."), link("h/i", "../../evil"), link("h/i", "../..\u{2f}\u{301}evil"),
        file("h", fields: ", mode=0o4755", mode: 0o4755), file("h", fields: ", mode=0o2755", mode: 0o2755),
    ]

    /// Those that an index cannot even describe.
    private static let undescribed = [
        file("h", fields: ", type=tarfile.LNKTYPE, linkname='/etc/passwd'"),
        file("h", fields: ", type=tarfile.LNKTYPE, linkname='good'"),
        file("h", fields: ", type=tarfile.CHRTYPE, devmajor=1, devminor=3"),
        file("h", fields: ", type=tarfile.BLKTYPE, devmajor=7"), file("h", fields: ", type=tarfile.FIFOTYPE"),
    ]

    @Test(arguments: hostile)
    func aListedOneIsRefusedBeforeAnythingIsWritten(_ hostile: Hostile) async throws {
        let folder = try await pack(hostile)
        let good = PackFolder.file("good", Array("good".utf8))
        let members = [good, hostile.member].sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let before = try FileSystem.list(folder.path)
        #expect {
            try folder.extract(members)
        } throws: {
            guard case ArchiveError.hostileMember(let path, _, _) = $0 else { return false }
            return path == hostile.member.path
        }
        #expect(try FileSystem.list(folder.root) == [])
        #expect(try FileSystem.list(folder.path) == before)
        // With an index that says nothing of it, what stands before it in the tar is unpacked.
        try refusesWhatIsNotListed(folder)
    }

    @Test(arguments: undescribed)
    func oneThatNoIndexCanListIsRefused(_ hostile: Hostile) async throws {
        try refusesWhatIsNotListed(try await pack(hostile))
    }

    private func refusesWhatIsNotListed(_ folder: PackFolder) throws {
        let good = PackFolder.file("good", Array("good".utf8))
        let before = try FileSystem.list(folder.path)
        #expect(throws: ArchiveError.self) {
            try folder.extract([good, PackFolder.file("h", Array("evil".utf8))])
        }
        #expect(try FileSystem.list(folder.root) == ["good"])
        #expect(try FileSystem.list(folder.path) == before)
    }

    @Test func millionsOfEmptyNamesAreNoStackToOverflow() async throws {
        let folder = try PackFolder()
        try await folder.write(
            python: """
                t = tarfile.TarInfo('./'); t.type = tarfile.DIRTYPE
                sys.stdout.buffer.write(t.tobuf(tarfile.GNU_FORMAT) * 200000); sys.stdout.flush()
                """)
        #expect(throws: ArchiveError.missingMembers(["a"], archive: "pack")) {
            try folder.extract([PackFolder.file("a", [])])
        }
    }

    @Test func aNameOfSlashesTakesNoTime() async throws {
        let folder = try PackFolder()
        try await folder.write(python: "add('a' + '/' * 500000, type=tarfile.DIRTYPE)")
        #expect(throws: ArchiveError.self) { try folder.extract([PackFolder.file("a", [])]) }
        #expect(try FileSystem.list(folder.root) == [])
    }

    private func pack(_ hostile: Hostile) async throws -> PackFolder {
        let folder = try PackFolder()
        let name = hostile.member.path.utf8.map { "\\x" + Hex.encode([$0]) }.joined()
        let content = hostile.fields.contains("type=") ? "b''" : "b'evil'"
        try await folder.write(
            python: "add('good', b'good'); add(b'\(name)'.decode(), \(content)\(hostile.fields))")
        return folder
    }
}
