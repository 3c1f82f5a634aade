import Host
import Layers
import Testing

@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct WhiteoutTests {
    @Test func aWhiteoutIsADeviceOfTheMembersOwner() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add(".wh.gone", "0", "content is skipped", mode: 0o777, uid: 12, gid: 13)
            $0.add("d/.wh..wh.odd", "0")
        }
        let tree = try await snapshot.tree()
        let gone = try #require(tree["gone"])
        #expect((gone.kind, gone.device, gone.mode) == ("character", "0:0", 0))
        #expect([gone.uid, gone.gid] == [12, 13])
        #expect(tree["d/.wh.odd"]?.kind == "character")
        #expect(tree.paths == ["d", "d/.wh.odd", "gone"])
    }

    @Test func anOpaqueFolderGetsItsAttribute() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("d/", "5", modified: 5)
            $0.add("d/.wh..wh..opq", "0")
            $0.add("d/f", "0")
            $0.add("implied/.wh..wh..opq", "0")
        }
        let tree = try await snapshot.tree()
        #expect(tree["d"]?.attributes == ["trusted.overlay.opaque": "79"])
        #expect(tree["d"]?.modified == 5_000_000_000)
        #expect(tree["implied"]?.attributes == ["trusted.overlay.opaque": "79"])
        #expect(tree.paths == ["d", "d/f", "implied"])
    }

    @Test func theRootItselfCanBeOpaque() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack { $0.add(".wh..wh..opq", "0") }
        #expect(try await snapshot.tree()[""]?.attributes == ["trusted.overlay.opaque": "79"])
    }

    @Test func aMemberReplacesAWhiteoutThatCameBefore() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add(".wh.f", "0")
            $0.add("f", "0", "new")
        }
        #expect(try await snapshot.tree()["f"]?.content == "new")
    }

    @Test func aWhiteoutOfWhatTheSameLayerBringsIsRefused() throws {
        let snapshot = try Snapshot()
        snapshot.refuses {
            $0.add("f", "0")
            $0.add(".wh.f", "0")
        }
        snapshot.refuses {
            $0.add(".wh.g", "0")
            $0.add(".wh.g", "0")
        }
    }

    @Test(arguments: [".wh.", ".wh..", ".wh...", "d/.wh...", "./.wh.."], [true, false])
    func aWhiteoutOfNoNameIsRefused(name: String, isLowest: Bool) throws {
        let snapshot = try Snapshot()
        snapshot.refuses(lowest: isLowest) { $0.add(name, "0") }
        if !name.hasPrefix("d") { try snapshot.expectNothingOutside() }
    }

    @Test func inTheLowestLayerWhiteoutsTakeAwayWhatTheTarBrought() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack(lowest: true) {
            $0.add("d/e/f", "0")
            $0.add("d/keep", "0")
            $0.add("d/.wh.e", "0")
            $0.add("d/.wh.nothing", "0")
            $0.add("empty/", "5")
            $0.add("empty/.wh..wh..opq", "0")
        }
        let tree = try await snapshot.tree()
        #expect(tree.paths == ["d", "d/keep", "empty"])
        #expect(tree["empty"]?.attributes == [:])
    }

    @Test func aFullOpaqueFolderInTheLowestLayerIsLeft() throws {
        let snapshot = try Snapshot()
        snapshot.leaves(lowest: true) {
            $0.add("d/f", "0")
            $0.add("d/.wh..wh..opq", "0")
        }
    }
}
