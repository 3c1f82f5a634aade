import BundleModel
import Host
import TestSupport
import Testing

extension EndToEnd {
    /// A disk that fills after preflight found room on it. Each place has a file system of its own, whose size ends
    /// 32 MiB above what is used at a moment that an event of the installation itself decides.
    @Suite(.serialized) struct FullDiskTests {
        private static let programs = Volume(
            folder: "/usr/local/bin", size: "1g",
            // dpkg runs in the first step, after preflight and before the first program is written.
            trigger: "/etc/dpkg/dpkg.cfg.d/full-disk", line: "post-invoke=sh \(shrinker) /usr/local/bin")
        private static let images = Volume(
            folder: "/var/lib/containerd", size: "3g",
            // systemd waits for this before it says that containerd has started, and the images come after that.
            trigger: "/etc/systemd/system/containerd.service.d/full-disk.conf",
            line: "[Service]\nExecStartPost=/bin/sh \(shrinker) /var/lib/containerd")
        private static let shrinker = "/root/shrink"

        @Test func aDiskThatFillsMidwayIsNamedAndWithRoomTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("d0", "10.77.0.70")
            try await node.carry(files)
            // Twice is as good as once: what is used by then is less than 32 MiB more.
            try await node.write(
                """
                exec mount -o "remount,size=$(($(stat -f -c '(%b - %f) * %S' "$1") + (32 << 20)))" "$1"

                """, to: Self.shrinker)
            for volume in [Self.programs, Self.images] {
                try await node.require("mkdir", "-p", volume.folder)
                try await node.require(
                    "mount", "-t", "tmpfs", "-o", "size=\(volume.size)", "none", volume.folder)
                try await node.write("\(volume.line)\n", to: volume.trigger)
            }

            // What the installer writes itself.
            try await fails(node, naming: ["write usr/local/bin/", "No space left on device"])
            try await makeRoom(node, Self.programs)
            // What goes straight onto containerd's snapshots.
            try await fails(node, naming: [Self.images.folder, "No space left on device"])
            try await makeRoom(node, Self.images)

            guard RunSettings.isLong else {
                // Past the steps that had failed; the way from there to Ready is the other tests'.
                let result = try await node.run(
                    node.masterCommand(), environment: ["NODE_INSTALL_KILL_AT": "images:done"])
                #expect(result.status == 137, "\(result.standardOutput)\(result.standardError)")
                return try await node.remove()
            }
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("d0")
            try await node.remove()
        }

        private struct Volume {
            let folder: String
            let size: String
            /// A file on the node that makes another program shrink the volume, and what it says.
            let trigger: String
            let line: String
        }

        private func makeRoom(_ node: TestNode, _ volume: Volume) async throws {
            try await node.require("rm", volume.trigger)
            try await node.require("mount", "-o", "remount,size=\(volume.size)", volume.folder)
        }

        private func fails(_ node: TestNode, naming words: [String]) async throws {
            let result = try await node.run(node.masterCommand())
            let printed = result.standardOutput + result.standardError
            #expect(result.status == DiagnosticCategory.noSpace.exitCode, "\(printed)")
            for word in words + ["hint: ", "log: /var/log/node-install.log"] {
                // containerd, in Go, begins its errors with a small letter.
                #expect(printed.lowercased().contains(word.lowercased()), "'\(word)' is missing in: \(printed)")
            }
        }
    }
}
