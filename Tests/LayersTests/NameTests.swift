import Host
import Layers
import Testing

@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct NameTests {
    @Test(arguments: [
        ("/etc/f", "etc/f"), ("../../f", "f"), ("a/../b//./f", "b/f"), ("./f", "f"), ("a/../../f", "f"), ("f//", "f"),
        ("//f", "f"), ("..//.././f", "f"),
    ])
    func namesAreCleanedByWords(name: String, path: String) async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack { $0.add(name, "0", "x") }
        let tree = try await snapshot.tree()
        #expect(tree[path]?.content == "x")
        #expect(tree.paths.count == path.split(separator: "/").count)
        try snapshot.expectNothingOutside()
    }

    @Test(arguments: ["", ".", "./", "/", "..", "../..", "a/..", "//"])
    func theRootItselfChangesNothing(name: String) async throws {
        let snapshot = try Snapshot()
        let before = try await snapshot.tree()
        let summary = try snapshot.unpack { $0.add(name, "5", mode: 0o700, uid: 9, modified: 5) }
        #expect(summary.entries == 1)
        #expect(try await snapshot.tree() == before)
    }

    @Test func bytesThatAreNoUTF8StayAsTheyAre() async throws {
        let snapshot = try Snapshot()
        var tar = RawTar()
        tar.add([0xff, 0xfe, 0x2f, 0x80, 0x0a], "0")
        tar.add(Array("l".utf8), "2", link: [0xc3, 0x28])
        tar.add(Array("p".utf8), "0", records: [("path", [0x70, 0xf0])])
        try snapshot.unpack(tar.whole)
        let tree = try await snapshot.tree()
        #expect(tree.paths == ["l", "p\u{f0}", "\u{ff}\u{fe}", "\u{ff}\u{fe}/\u{80}\n"].sorted())
        #expect(tree["l"]?.target == "\u{c3}(")
    }

    private static let long = String(repeating: "n", count: 200)

    @Test func longNamesAndLinksComeByPaxAndByGNU() async throws {
        let snapshot = try Snapshot()
        let (p, g) = ("p/\(Self.long)/f", "g/\(Self.long)/f")
        try snapshot.unpack {
            $0.add("short", "0", "pax", records: [("path", p)])
            $0.add("././@LongLink", "L", "\(g)\u{0}", form: .gnu)
            $0.add("cut", "0", "gnu", form: .gnu)
            $0.add("pl", "2", link: "cut", records: [("linkpath", p)])
            $0.add("././@LongLink", "K", "\(g)\u{0}", form: .gnu)
            $0.add("gl", "1", link: "cut", form: .gnu)
            // GNU's name counts where there are both, whatever their order.
            $0.add("././@LongLink", "L", "both\u{0}rest", form: .gnu)
            $0.add("x", "0", records: [("path", "neither")])
        }
        let tree = try await snapshot.tree()
        #expect([tree[p]?.content, tree[g]?.content] == ["pax", "gnu"])
        #expect(tree["pl"]?.target == p)
        #expect(tree["gl"]?.group == tree[g]?.group)
        #expect(tree["both"] != nil)
        #expect(tree["neither"] == nil)
    }

    @Test func deepPathsOfThousandsOfBytesAreWritten() async throws {
        let snapshot = try Snapshot()
        let names = (0..<900).map { "d\($0 % 10)" }
        let deep = names.joined(separator: "/")
        let wide = Array(repeating: String(repeating: "w", count: 255), count: 14).joined(separator: "/")
        try snapshot.unpack {
            $0.add("x", "0", "deep", records: [("path", deep + "/f")])
            $0.add("x", "5", modified: 5, records: [("path", deep)])
            $0.add("x", "0", "wide", records: [("path", wide + "/f")])
            $0.add("x", "1", records: [("path", "hard"), ("linkpath", deep + "/f")])
        }
        let tree = try await snapshot.tree()
        #expect((tree[deep + "/f"]?.content, tree[deep]?.modified) == ("deep", 5_000_000_000))
        #expect(tree[wide + "/f"]?.content == "wide")
        #expect(tree["hard"]?.content == "deep")
    }

    @Test func namesAtTheKernelsLimitAreLeftAndTooLongPartsRefused() throws {
        let snapshot = try Snapshot()
        let path = Array(repeating: String(repeating: "w", count: 255), count: 16).joined(separator: "/")
        snapshot.leaves { $0.add("x", "0", records: [("path", path)]) }
        snapshot.refuses { $0.add("x", "0", records: [("path", String(repeating: "w", count: 256))]) }
    }

    @Test func theLastOfSeveralMembersStays() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("f", "0", "first and longer", mode: 0o777)
            $0.add("f", "0", "second", mode: 0o600)
            $0.add("d/deep/er", "0")
            $0.add("d", "0", "a file replaces a folder")
            $0.add("g", "0")
            $0.add("g/", "5", mode: 0o711)
            $0.add("g/in", "0")
            $0.add("l", "2", link: "g")
            $0.add("l", "2", link: "f")
            $0.add("p", "6")
            $0.add("p", "0", "no pipe")
        }
        let tree = try await snapshot.tree()
        #expect(tree.paths == ["d", "f", "g", "g/in", "l", "p"])
        #expect(
            [tree["f"]?.content, tree["d"]?.content, tree["p"]?.content] == [
                "second", "a file replaces a folder", "no pipe",
            ])
        #expect((tree["g"]?.mode, tree["l"]?.target) == (0o711, "f"))
    }

    @Test func aFileWhereAFolderIsNeededIsRefused() throws {
        let snapshot = try Snapshot()
        snapshot.refuses {
            $0.add("f", "0")
            $0.add("f/g", "0")
        }
        snapshot.refuses {
            $0.add("p", "6")
            $0.add("p/g/h", "0")
        }
    }
}
