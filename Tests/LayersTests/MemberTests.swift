import Host
import Layers
import SystemPackage
import Testing

/// What each kind of member becomes.
@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct MemberTests {
    @Test func aFileHasItsContentOwnerModeAndTime() async throws {
        let snapshot = try Snapshot()
        let summary = try snapshot.unpack {
            $0.add("f", "0", "hello", mode: 0o640, uid: 1000, gid: 70_000, modified: 1_234_567_890)
            $0.add("empty", "0", mode: 0)
        }
        #expect(summary.entries == 2)
        let tree = try await snapshot.tree()
        let file = try #require(tree["f"])
        #expect((file.kind, file.content, file.mode) == ("file", "hello", 0o640))
        #expect((file.uid, file.gid, file.modified) == (1000, 70_000, 1_234_567_890_000_000_000))
        #expect(tree["empty"]?.mode == 0)
    }

    @Test func largeContentArrivesWhole() async throws {
        let snapshot = try Snapshot()
        let large = (0..<5_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        var tar = RawTar()
        tar.add(Array("large".utf8), "0", large)
        tar.add("next", "0", "n")
        let summary = try snapshot.unpack(tar.whole)
        #expect(summary.size == UInt64(tar.whole.count))
        #expect(try FileSystem.read(snapshot.upper.appending("large")) == large)
        #expect(try await snapshot.tree()["next"]?.content == "n")
    }

    @Test(arguments: [0o4755, 0o2755, 0o6711, 0o1777, 0o7777])
    func setuidSetgidAndStickySurviveTheChangeOfOwner(mode: Int) async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("f", "0", "x", mode: mode, uid: 5, gid: 6)
            $0.add("d/", "5", mode: mode, uid: 5, gid: 6)
            $0.add("d/inherits", "0", mode: 0o600)
            $0.add("link", "1", link: "f", mode: mode, uid: 5, gid: 6)
        }
        let tree = try await snapshot.tree()
        #expect([tree["f"]?.mode, tree["d"]?.mode, tree["link"]?.mode] == [mode, mode, mode])
        #expect(tree["d/inherits"]?.gid == 0)
    }

    @Test(arguments: [
        ("1.5", 1_500_000_000), ("1234567890.1234567899", 1_234_567_890_123_456_789), ("7", 7_000_000_000),
        ("-1", 0), ("-0.5", 0), ("-62135596800", 0), ("+3.000000001", 3_000_000_001),
        ("9223372036.854775807", 9_223_372_036_854_775_807), ("9223372036.854775808", 0), ("10000000000", 0),
    ])
    func timesAreKeptToTheNanosecondFrom1970(text: String, nanoseconds: Int64) async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("f", "0", records: [("mtime", text)])
            $0.add("l", "2", link: "f", records: [("mtime", text)])
            $0.add("d", "5", records: [("mtime", text)])
            $0.add("d/in", "0")
        }
        let tree = try await snapshot.tree()
        // The file system may end before 64 bits of nanoseconds do.
        for path in ["f", "l", "d"] where nanoseconds < 1 << 60 { #expect(tree[path]?.modified == nanoseconds) }
    }

    @Test func aTimeBefore1970InTheBlockIsTheFirstMomentToo() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack { $0.add("f", "0", modified: -5, form: .gnu) }
        #expect(try await snapshot.tree()["f"]?.modified == 0)
    }

    @Test func foldersGetTheirTimesAfterWhatIsPutIntoThem() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("a/", "5", modified: 11)
            $0.add("a/b/", "5", modified: 22)
            $0.add("a/b/f", "0", modified: 33)
            $0.add("a/g", "0", modified: 44)
            $0.add("a", "5", modified: 55)
        }
        let tree = try await snapshot.tree()
        #expect([tree["a"]?.modified, tree["a/b"]?.modified] == [55_000_000_000, 22_000_000_000])
    }

    @Test func linksDevicesAndPipesAreMade() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("s", "2", link: "../some//where/../", mode: 0o777, uid: 3, gid: 4)
            $0.add("c", "3", mode: 0o622, uid: 7, device: (1, 3))
            $0.add("b", "4", mode: 0o4660, device: (259, 70_000), form: .gnu)
            $0.add("p", "6", mode: 0o600)
            $0.add("zero", "3", mode: 0o600, device: (0, 0))
        }
        let tree = try await snapshot.tree()
        #expect(tree["s"]?.target == "../some//where/../")
        #expect([tree["s"]?.uid, tree["s"]?.gid, tree["c"]?.uid] == [3, 4, 7])
        #expect([tree["c"]?.device, tree["b"]?.device, tree["zero"]?.device] == ["1:3", "259:70000", "0:0"])
        #expect([tree["c"]?.mode, tree["b"]?.mode, tree["p"]?.mode] == [0o622, 0o4660, 0o600])
        #expect([tree["c"]?.kind, tree["b"]?.kind, tree["p"]?.kind] == ["character", "block", "fifo"])
    }

    @Test func aHardLinkIsTheSameFileWithTheLastMembersAttributes() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("d/f", "0", "same", mode: 0o600)
            $0.add("e/g", "1", link: "./d//f", mode: 0o755, uid: 9, modified: 77)
            $0.add("s", "2", link: "d/f")
            $0.add("t", "1", link: "s")
            $0.add("e/g", "1", link: "/d/f", mode: 0o755, uid: 9, modified: 77)
        }
        let tree = try await snapshot.tree()
        #expect(tree["d/f"]?.group == tree["e/g"]?.group)
        #expect((tree["d/f"]?.mode, tree["d/f"]?.uid, tree["d/f"]?.modified) == (0o755, 9, 77_000_000_000))
        #expect(tree["t"]?.kind == "link")
        #expect(tree["t"]?.group == tree["s"]?.group)
    }

    @Test func aHardLinkToNothingToAFolderOrToItselfIsRefused() throws {
        let snapshot = try Snapshot()
        try FileSystem.makeDirectories(snapshot.lower.appending("below"))
        snapshot.refuses { $0.add("a", "1", link: "nothing") }
        snapshot.refuses { $0.add("b", "1", link: "below") }
        snapshot.refuses {
            $0.add("d", "5")
            $0.add("e", "1", link: "d")
        }
        snapshot.refuses {
            $0.add("f", "0")
            $0.add("f", "1", link: "f")
        }
    }
}
