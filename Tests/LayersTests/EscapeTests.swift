import Host
import Layers
import SystemPackage
import Testing

/// Tars that want to write elsewhere: what they bring stays below the root, or is refused.
@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct EscapeTests {
    @Test(arguments: ["..", "../..", "/", "../../../../../../..", "/tmp", "a/../../.."])
    func aLinkUpwardsLeadsNoFartherThanTheRoot(target: String) async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("l", "2", link: target)
            $0.add("l/canary", "0", "evil")
            $0.add("l/d/", "5")
            $0.add("l/.wh.snapshots", "0")
            $0.add("l/d/.wh..wh..opq", "0")
        }
        let tree = try await snapshot.tree()
        #expect(tree["l"]?.kind == "link")
        let folder = target == "/tmp" ? "tmp/" : ""
        #expect(tree["\(folder)canary"]?.content == "evil")
        try snapshot.expectNothingOutside()
    }

    @Test func anAbsoluteLinkToTheCanaryIsReplacedAndNotWrittenThrough() async throws {
        let snapshot = try Snapshot()
        let canary = snapshot.path.appending("canary").string
        try snapshot.unpack {
            $0.add("l", "2", link: canary)
            $0.add("l", "0", "evil", mode: 0o777)
            $0.add("m", "2", link: canary)
            $0.add("n", "1", link: "m", mode: 0o777, uid: 5)
        }
        let tree = try await snapshot.tree()
        #expect((tree["l"]?.kind, tree["l"]?.content) == ("file", "evil"))
        #expect(tree["n"]?.kind == "link")
        try snapshot.expectNothingOutside()
    }

    @Test func aHardLinkToTheCanaryIsRefused() throws {
        for link in ["../../canary", "/canary", "l/canary"] {
            let snapshot = try Snapshot()
            snapshot.refuses {
                $0.add("l", "2", link: "../..")
                $0.add("h", "1", link: link, mode: 0o777)
            }
            try snapshot.expectNothingOutside()
        }
        let snapshot = try Snapshot()
        for link in ["l/..", "a/../../canary", "canary/", ""] {
            snapshot.leaves { $0.add("h", "1", link: link) }
        }
        try snapshot.expectNothingOutside()
    }

    @Test func removingAFolderOfLinksRemovesTheLinksAlone() async throws {
        let snapshot = try Snapshot()
        let outside = snapshot.path.string
        try snapshot.unpack(lowest: true) {
            $0.add("d/l", "2", link: outside)
            $0.add("d/e/m", "2", link: "../../../..")
            $0.add("d", "0")
            $0.add("k", "2", link: outside)
            $0.add("k", "5")
            $0.add("w/l", "2", link: outside)
            $0.add(".wh.w", "0")
        }
        #expect(try await snapshot.tree().paths == ["d", "k"])
        try snapshot.expectNothingOutside()
    }

    @Test func aFolderThatBecomesALinkTakesNoTimesElsewhere() async throws {
        let snapshot = try Snapshot()
        let before = try FileSystem.status(snapshot.path)
        try snapshot.unpack {
            $0.add("e/", "5", modified: 8)
            $0.add("d/", "5", modified: 7)
            $0.add("d", "2", link: "/e")
        }
        // Its times go to where the link leads within the root, as containerd has it.
        #expect(try await snapshot.tree()["e"]?.modified == 7_000_000_000)
        #expect(try FileSystem.status(snapshot.path)?.kind == before?.kind)
        try snapshot.expectNothingOutside()
    }

    @Test func circlesAndChainsOfLinksEnd() throws {
        let snapshot = try Snapshot()
        snapshot.refuses {
            $0.add("a", "2", link: "b")
            $0.add("b", "2", link: "a")
            $0.add("a/f", "0")
        }
        snapshot.leaves {
            $0.add("x", "2", link: "y")
            $0.add("y", "2", link: "/etc")
            $0.add("x/passwd/f", "0")
        }
        try snapshot.expectNothingOutside()
    }
}
