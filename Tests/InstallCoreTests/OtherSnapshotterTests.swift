import BundleModel
import Testing

@testable import InstallCore

/// Which way images take depends on what containerd's configuration names.
struct OtherSnapshotterTests {
    @Test(arguments: [
        "[x]\n  snapshotter = 'zfs' # for kata",
        "snapshotter=\"zfs\"",
        "kata = { runtime_type = \"a\", snapshotter = \"zfs\" }",
        "kata.snapshotter = \"zfs\"",
        "kata . \"snapshotter\" = \"zfs\"",
        "'snapshotter' = 'zfs'",
        "x = \"#\"\nsnapshotter = \"zfs\"",
        "x = \"a\\\"b\"\nsnapshotter = \"zfs\"",
        "x = 'C:\\'\nsnapshotter = \"zfs\"",
        "x = \"\"\"a\"b\"\"\"\"\nsnapshotter = \"zfs\"",
        "list = [\n  { snapshotter = \"overlayfs\" },\n  { snapshotter = \"zfs\" },\n]",
        "snapshotter = \"\"\n[kata]\r\nsnapshotter = \"zfs\"\r\n",
        "snapshotter = \"\"\"zfs\"\"\"",
    ])
    func isFoundWhereverItIsAssigned(_ toml: String) {
        #expect(ContainerdConfiguration.otherSnapshotter(in: toml) == "zfs")
    }

    @Test(arguments: [
        "", "=", "snapshotter", "snapshotter =", "= \"zfs\"", "x = \"", "x = '''",
        "snapshotter = \"overlayfs\"",
        "snapshotter = \"\"",
        "# snapshotter = \"zfs\"",
        "x = 1 # kata = { snapshotter = \"zfs\" }",
        "x = \"snapshotter = 'zfs'\"",
        "x = \"\"\"\nsnapshotter = 'zfs'\n\"\"\"",
        "x = '''\nsnapshotter = \"zfs\"\n'''",
        "my_snapshotter = \"zfs\"",
        "snapshotter-x = \"zfs\"",
        "[plugins.snapshotter]\nroot = \"zfs\"",
        "x = [\"snapshotter\", \"zfs\"]",
    ])
    func isNotFoundElsewhere(_ toml: String) {
        #expect(ContainerdConfiguration.otherSnapshotter(in: toml) == nil)
    }

    /// As the file is written by what the operator sets.
    @Test(arguments: [SemanticVersion(1, 7, 24), SemanticVersion(2, 1, 9)])
    func isFoundInTheOperatorsSettings(_ version: SemanticVersion) throws {
        func found(_ extra: String, cri: [String: JSONValue] = [:]) throws -> String? {
            ContainerdConfiguration(
                version: version, sandboxImage: try ImageReference("r.example/pause:1"), cri: cri, extra: extra
            ).otherSnapshotter
        }
        #expect(try found("") == nil)
        #expect(try found("[x]\n  snapshotter = 'zfs'") == "zfs")
        #expect(try found("", cri: ["snapshotter": .string("native")]) == "native")
        let kata: JSONValue = .object(["runtime_type": .string("a"), "snapshotter": .string("devmapper")])
        #expect(try found("", cri: ["runtimes": .object(["kata": kata])]) == "devmapper")
    }
}
