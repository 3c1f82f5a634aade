import Layers
import Testing

@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct AttributeTests {
    /// cap_net_raw, effective, as version 2 of the attribute has it.
    private static let capability: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0] + [UInt8](repeating: 0, count: 12)

    @Test func attributesOfAllSpacesButTrustedAreSet() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add(
                Array("f".utf8), "0",
                records: [
                    ("SCHILY.xattr.user.one", [0, 1, 255]), ("SCHILY.xattr.user.empty", []),
                    ("SCHILY.xattr.security.capability", Self.capability),
                    ("SCHILY.xattr.trusted.overlay.opaque", [0x79]), ("LIBARCHIVE.xattr.user.other", [0x41]),
                    ("SCHILY.xattr.user.twice", [1]), ("SCHILY.xattr.user.twice", [2]),
                ])
            $0.add("d/", "5", records: [("SCHILY.xattr.user.of-a-folder", "v")])
        }
        let tree = try await snapshot.tree()
        #expect(
            tree["f"]?.attributes == [
                "user.one": "0001ff", "user.empty": "", "user.twice": "02",
                "security.capability": "0100000200200000000000000000000000000000",
            ])
        #expect(tree["d"]?.attributes == ["user.of-a-folder": "76"])
    }

    @Test func whatTheFileSystemCannotHoldIsLeftOut() async throws {
        let snapshot = try Snapshot()
        let records = [
            ("SCHILY.xattr.user.name", "v"), ("SCHILY.xattr.unknown.name", "v"), ("SCHILY.xattr.nospace", "v"),
        ]
        try snapshot.unpack {
            $0.add("f", "0", records: records)
            $0.add("l", "2", link: "f", records: records)
            $0.add("c", "3", device: (1, 3), records: records)
            $0.add("p", "6", records: records)
        }
        let tree = try await snapshot.tree()
        #expect(tree.paths == ["c", "f", "l", "p"])
        #expect(tree["f"]?.attributes == ["user.name": "76"])
        for path in ["l", "c", "p"] { #expect(tree[path]?.attributes == [:]) }
    }

    @Test func anAttributeThatTheKernelRefusesRefusesTheLayer() throws {
        let snapshot = try Snapshot()
        snapshot.refuses { $0.add("f", "0", records: [("SCHILY.xattr.security.capability", "short")]) }
        snapshot.refuses { $0.add("f", "0", records: [("SCHILY.xattr.", "v")]) }
    }

    @Test func ownerComesBeforeTheCapabilityThatItWouldTakeAway() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add(
                Array("f".utf8), "0", mode: 0o4755, uid: 1000,
                records: [("SCHILY.xattr.security.capability", Self.capability)])
        }
        let file = try #require(try await snapshot.tree()["f"])
        #expect(file.attributes.keys.contains("security.capability"))
        #expect((file.mode, file.uid) == (0o4755, 1000))
    }
}
