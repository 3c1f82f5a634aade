import BundleModel
import Host
import SystemPackage
import Testing

extension EndToEnd {
    /// A bundle in volumes, as on a stick that holds no large file.
    @Suite(.serialized) struct CarriedVolumeTests {
        @Test func volumesAreReadOnTheNodeWithoutJoining() async throws {
            let files = try await TestBundle.shared.make()
            let folder = TestBundle.folder
            for name in try FileSystem.list(folder) where name.hasPrefix("volumes.run") {
                try FileSystem.remove(folder.appending(name))
            }
            try await Testbed.require([
                TestBundle.bundler.string, "split", files.run.string, "--output",
                folder.appending("volumes.run").string, "--volume-size", "64M", "--progress", "none",
            ])
            let node = try await TestNode.boot("v1", "10.77.0.64")
            try await node.carry(files)
            try await node.require("rm", TestNode.bundlePath)
            for name in try FileSystem.list(folder) where name.hasPrefix("volumes.run.0") {
                try await node.put(folder.appending(name), "/root/\(name)")
                try FileSystem.remove(folder.appending(name))
            }
            // The first one is executed: it finds the others beside itself.
            let command: [String] = ["/root/volumes.run.001"] + node.masterCommand("--preflight-only").dropFirst()
            try await node.refuses(
                .init(
                    command: command, category: .bundleDamaged,
                    cause: "/root/volumes.run.002: volume 2 of ", fix: "hint: put all volumes of one set"),
                unchanged: try await node.tree(), prepare: "mv /root/volumes.run.002 /root/away",
                undo: "mv /root/away /root/volumes.run.002")
            // Nor from another bundle by a volume alone, which cannot tell what of it goes to the node.
            try await node.refuses(
                .init(
                    command: ["/root/lone.001", "--bundle", "/root/volumes.run.001"] + command.dropFirst(),
                    category: .bundleDamaged, cause: "/root/lone.002: volume 2 of ",
                    fix: "hint: put all volumes of one set"),
                unchanged: try await node.tree(), prepare: "cp /root/volumes.run.001 /root/lone.001",
                undo: "rm /root/lone.001")
            // Reads and checks every chunk.
            let passed = try await node.run(command)
            #expect(passed.status == 0, "\(passed.standardOutput)\(passed.standardError)")
            try await node.remove()
        }
    }
}
