import Host
import SystemPackage
import Testing

extension EndToEnd {
    /// The executable needs nothing of the node.
    @Suite struct StaticBinaryTests {
        @Test func nodeInstallIsStaticallyLinked() async throws {
            let kind = try await Testbed.require(["file", TestBundle.nodeInstall.string])
            #expect(kind.contains("statically linked"))
        }

        @Test func nodeInstallRunsInAnEmptyRootWithProcAlone() async throws {
            let root = Testbed.runDirectory.appending("tmp/empty-root")
            try FileSystem.makeDirectories(root.appending("proc"))
            try await Testbed.require(["cp", TestBundle.nodeInstall.string, root.appending("node-install").string])
            // A mount namespace of its own: /proc is gone with the process.
            let help = try await Testbed.require([
                "unshare", "--mount", "--pid", "--fork", "sh", "-c",
                "mount -t proc proc \(root)/proc && exec chroot \(root) /node-install --help",
            ])
            #expect(help.contains("--role"))
        }
    }
}
