import Host
import Layers
import SystemPackage
import Testing

/// Folders that the tar puts something into and does not list.
@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct ParentTests {
    private func below(_ snapshot: Snapshot, _ script: String) async throws {
        try await SystemProcessRunner().require(
            Command("sh", ["-ec", "cd \"$1\"; \(script)", "sh", snapshot.lower.string]))
    }

    @Test func theyAreAsTheLowerLayerHasThem() async throws {
        let snapshot = try Snapshot()
        try await below(
            snapshot,
            """
            mkdir -p a/b; chmod 2750 a/b; chown 11:12 a/b; touch -d @1000 a/b
            python3 -c "import os; os.setxattr('a/b', 'user.k', b'v'); os.setxattr('a/b', 'trusted.k', b'v')"
            """)
        try snapshot.unpack { $0.add("a/b/c/f", "0", "x") }
        let tree = try await snapshot.tree()
        let folder = try #require(tree["a/b"])
        #expect((folder.mode, folder.uid, folder.gid) == (0o2750, 11, 12))
        #expect(folder.attributes == ["user.k": "76"])
        // One that no layer has; the group comes from the folder above it.
        #expect((tree["a/b/c"]?.mode, tree["a/b/c"]?.uid) == (0o755, 0))
    }

    @Test func theTopmostLayerThatHasSomethingThereDecides() async throws {
        let snapshot = try Snapshot()
        try await below(
            snapshot, "mkdir -p top bottom/a bottom/b top/b; chmod 700 bottom/*; touch top/a; chmod 711 top/b")
        var tar = RawTar()
        tar.add("a/f", "0")
        tar.add("b/f", "0")
        let folder = try FileDescriptor.open(snapshot.upper, .readOnly, options: [.directory])
        let lowers = ["top", "bottom"].map { snapshot.lower.appending($0) }
        _ = try folder.closeAfter { try LayerUnpacker(upper: folder, lowers: lowers).unpack(Bytes(tar.whole)) }
        let tree = try await snapshot.tree()
        #expect([tree["a"]?.mode, tree["b"]?.mode] == [0o755, 0o711])
    }

    @Test func linksAreFollowedWithinTheLowerLayer() async throws {
        let snapshot = try Snapshot()
        try await below(
            snapshot, "mkdir -p usr/lib; chmod 751 usr/lib; ln -s /usr/lib lib; ln -s ../../../../../.. out")
        try snapshot.unpack {
            $0.add("lib/f", "0")
            $0.add("out/f", "0")
        }
        let tree = try await snapshot.tree()
        #expect(tree["lib"]?.kind == "folder")
        #expect(tree["lib"]?.mode == 0o751)
        #expect(tree["out/f"]?.kind == "file")
    }

    @Test func aFileBelowWhereAFolderShouldBeIsRefused() async throws {
        let snapshot = try Snapshot()
        try await below(snapshot, "touch a")
        snapshot.refuses { $0.add("a/b/f", "0") }
    }

    @Test func oneThatTheTarListsLaterKeepsWhatItHolds() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("d/f", "0", "x")
            $0.add("d", "5", mode: 0o700, uid: 8, modified: 9)
        }
        let tree = try await snapshot.tree()
        #expect((tree["d"]?.mode, tree["d"]?.uid, tree["d"]?.modified) == (0o700, 8, 9_000_000_000))
        #expect(tree["d/f"]?.content == "x")
    }
}
