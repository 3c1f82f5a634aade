import ContainerdTestSupport
import FoundationEssentials
import Host
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A comparison is worth what it notices.
struct ListingTests {
    private static let changes: [(what: String, shell: String)] = [
        ("mode", "chmod 600 file"), ("setuid", "chmod u+s file"), ("owner", "chown 5:6 file"),
        ("time", "touch -d @77.000000001 file"), ("folder's time", "touch -d @5 folder"),
        ("link's time", "touch -hd @5 link"), ("content", "printf 2 >file; touch -d @1 file"),
        ("attribute", "python3 -c 'import os; os.setxattr(\"file\", \"user.a\", b\"2\")'"),
        ("target", "ln -sfn other link; touch -hd @1 link"), ("device", "rm node; mknod node c 1 5; touch -d @1 node"),
        ("kind", "rm node; mknod node b 1 3; touch -d @1 node"), ("gone", "rm file"), ("more", "touch -d @1 more"),
        ("hard link", "rm two; cp -a one two"), ("root", "chmod 711 ."),
    ]

    @Test(.enabled(if: getuid() == 0, "needs root"), arguments: changes.indices)
    func aChangeIsNoticed(_ index: Int) async throws {
        let change = Self.changes[index]
        let place = FilePath(FileManager.default.temporaryDirectory.path).appending("listing-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: place.string) }
        let make = """
            mkdir -p "$1/folder" && cd "$1" && printf 1 >file && ln -s file link && mknod node c 1 3 &&
            printf x >one && ln one two && touch -hd @1 file link node one folder . && chmod 755 .
            """
        let runner = SystemProcessRunner()
        try await runner.require(Command("sh", ["-c", make, "sh", place.string]))
        let before = try SnapshotListing.read(place)
        #expect(before.differences(to: try SnapshotListing.read(place)) == [])
        let script = "cd \"$1\" && { \(change.shell); } && \(change.what == "root" ? "true" : "touch -d @1 .")"
        try await runner.require(Command("sh", ["-c", script, "sh", place.string]))
        let lines = before.differences(to: try SnapshotListing.read(place))
        #expect(!lines.isEmpty && lines.count <= 2, "\(change.what): \(lines)")
    }
}
