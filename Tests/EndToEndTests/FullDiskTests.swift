import BundleModel
import Host
import Testing

extension EndToEnd {
    /// A disk that fills after preflight found room on it.
    @Suite(.serialized) struct FullDiskTests {
        /// A file system of its own for each place, so that filling it harms nobody else.
        private static let mounts = [("/usr/local/bin", "1g"), ("/var/lib/containerd", "3g")]

        @Test func aDiskThatFillsMidwayIsNamedAndWithRoomTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("d0", "10.77.0.70")
            try await node.carry(files)
            for (folder, size) in Self.mounts {
                try await node.require("mkdir", "-p", folder)
                try await node.require("mount", "-t", "tmpfs", "-o", "size=\(size)", "none", folder)
            }

            // Preflight has passed when there is a journal: what fails is the installer's own writing.
            try await fill(node, "/usr/local/bin", onceThereIs: "/var/lib/node-install/journal")
            try await fails(node, naming: ["write usr/local/bin/", "No space left on device"])
            try await makeRoom(node, "/usr/local/bin")

            // The same for what containerd writes, in its own words.
            try await fill(
                node, "/var/lib/containerd", onceThereIs: "/var/lib/containerd/io.containerd.metadata.v1.bolt")
            try await fails(node, naming: ["ctr", "no space left on device"])
            try await makeRoom(node, "/var/lib/containerd")

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

        /// Another program takes all but 32 MiB there, as soon as a file exists. It tries again when the installer took
        /// some of it in the meantime: fallocate then gives everything back.
        private func fill(_ node: TestNode, _ folder: String, onceThereIs file: String) async throws {
            try await node.require(
                "systemd-run", "-q", "--collect", "--unit=filler", "sh", "-c",
                """
                until [ -e \(file) ]; do sleep 0.02; done
                until fallocate -l $(($(stat -f -c '%a * %S' \(folder)) - (32 << 20))) \(folder)/other-data; do :; done
                """)
        }

        private func makeRoom(_ node: TestNode, _ folder: String) async throws {
            try await node.require("sh", "-c", "systemctl stop filler 2>/dev/null; rm \(folder)/other-data")
        }

        private func fails(_ node: TestNode, naming words: [String]) async throws {
            let result = try await node.run(node.masterCommand())
            let printed = result.standardOutput + result.standardError
            #expect(result.status == DiagnosticCategory.noSpace.exitCode, "\(printed)")
            for word in words + ["hint: ", "log: /var/log/node-install.log"] {
                #expect(printed.contains(word), "'\(word)' is missing in: \(printed)")
            }
        }
    }
}
