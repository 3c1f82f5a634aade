import Host
import SystemPackage
import TestSupport
import Testing

extension EndToEnd {
    /// Power is lost for real: what a guest had not flushed is gone. A killed container loses nothing of that.
    @Suite(
        .serialized, .enabled(if: TestGuest.isPossible, "needs qemu-system-x86_64"),
        .enabled(if: RunSettings.isLong, "a whole installation in an emulated guest: make test-long"))
    struct PowerCutTests {
        /// What has to hold on the guest once the command has ended with 0.
        private static let checks = [
            // A master whose node is Ready, by its own kubectl.
            """
            until kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=10s get nodes --no-headers |
                grep -w Ready; do sleep 2; done
            """,
            // Every blob in containerd's store is what its name says: none was cut short and then believed.
            """
            cd /var/lib/containerd/io.containerd.content.v1.content/blobs/sha256 &&
                for blob in *; do echo "$blob  $blob"; done | sha256sum -c --quiet
            """,
            // So is every program that was unpacked from them. A second import believes an unpacked layer by its name,
            // and whole blobs say nothing about that: a cut leaves programs of no bytes behind them.
            // Only programs count: runc makes empty files to mount over.
            #"""
            cd \#(TestNode.snapshots) &&
                test -z "$(find . -type f -path '*/bin/*' -size 0 | tee /dev/stderr)"
            """#,
            // The programs were renamed into place after their bytes were on the disk.
            #"""
            test -z "$(find /usr/local/bin /usr/local/sbin /opt/cni/bin -type f -size 0 | tee /dev/stderr)"
            """#,
        ]

        @Test func aMasterThatLostPowerWhileImagesLoadedIsFinishedByTheSameCommand() async throws {
            let files = try await TestBundle.shared.make()
            var random = SeededGenerator(seed: RunSettings.seed)
            // An emulated machine is some twenty times slower than a real one, more so where others compute beside it.
            let settings = Testbed.runDirectory.appending("tmp/pc0-node.json")
            try FileSystem.makeDirectories(settings.removingLastComponent())
            try AtomicFile.write(Array(#"{"schemaVersion": 1, "readySeconds": 1800}"#.utf8), to: settings)
            let guest = try await TestGuest.make(
                "pc0",
                carrying: [
                    (files.run, TestNode.bundlePath), (files.publicKey, "/root/release.pub"),
                    (settings, "/root/node.json"),
                ],
                running: """
                    \(TestNode.bundlePath) --role master --trusted-key /root/release.pub --config /root/node.json \
                        --node-ip \(TestGuest.address)
                    """, checks: Self.checks)
            try await guest.start()
            try await guest.wait(for: "^step [0-9]+/[0-9]+ images$")
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...20_000, using: &random)))
            try await guest.cut()
            let interrupted = try await guest.console()
            try #require(!interrupted.contains("GUEST-RUN-STATUS"), "nothing was interrupted: \(interrupted)")
            try await guest.start()
            try await guest.expectSuccess()
            try await guest.remove()
        }
    }
}
