import Layers
import SystemPackage
import Testing

struct SnapshotFoldersTests {
    @Test func anOverlayHasItsUpperAndLowerFolders() throws {
        let folders = try #require(
            SnapshotFolders(
                type: "overlay", source: "overlay",
                options: ["index=off", "workdir=/s/3/work", "upperdir=/s/3/fs", "lowerdir=/s/2/fs:/s/1/fs"]))
        #expect(folders.upper == "/s/3/fs")
        #expect(folders.lowers == ["/s/2/fs", "/s/1/fs"])
    }

    @Test func theLowestLayerIsABindOfItsFolder() throws {
        let folders = try #require(SnapshotFolders(type: "bind", source: "/s/1/fs", options: ["rw", "rbind"]))
        #expect(folders.upper == "/s/1/fs")
        #expect(folders.lowers == [])
    }

    @Test(arguments: [
        ("bind", "/s/1/fs", ["ro", "rbind"]), ("overlay", "overlay", ["lowerdir=/s/2/fs:/s/1/fs"]),
        ("overlay", "overlay", ["upperdir=/s/2/fs"]), ("ext4", "/dev/dm-1", ["rw"]), ("bind", "", ["rw"]),
        ("overlay", "overlay", ["upperdir=/u", "lowerdir=/a", "lowerdir+=/b"]),
        ("overlay", "overlay", ["upperdir=/u", "lowerdir=/a\\:b"]),
    ])
    func otherMountsAreLeftToContainerd(type: String, source: String, options: [String]) {
        #expect(SnapshotFolders(type: type, source: source, options: options) == nil)
    }
}
