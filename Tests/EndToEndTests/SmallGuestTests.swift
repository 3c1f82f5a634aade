import Testing

extension EndToEnd {
    /// A machine that is too small: only a guest has less memory and fewer CPUs than this machine.
    @Suite(.serialized, .enabled(if: TestGuest.isPossible, "needs qemu-system-x86_64"))
    struct SmallGuestTests {
        @Test func aMachineWithTooLittleMemoryAndOneCPUIsRefusedAsAMaster() async throws {
            let files = try await TestBundle.shared.make()
            let guest = try await TestGuest.make(
                "small", carrying: [(files.run, TestNode.bundlePath), (files.publicKey, "/root/release.pub")],
                running: """
                    \(TestNode.bundlePath) --role master --trusted-key /root/release.pub --node-ip \(TestGuest.address)
                    test $? = 40
                    """, checks: ["test ! -e /var/lib/node-install", "test -z \"$(ls /usr/local/bin)\""])
            try await guest.start(memoryMB: 1024, cpus: 1)
            try await guest.expectSuccess()
            let console = try await guest.console()
            for words in ["MB of memory, expected 1700 MB", "1 CPUs, a master needs 2", "fix: give the node more"] {
                #expect(console.contains(words), "\(console)")
            }
            try await guest.remove()
        }

        /// The smallest worker, and the window of the default level, through which the programs go as well.
        @Test func aMachineOfOneGibibyteLoadsABundleOfTheDefaultLevel() async throws {
            let files = try await TestBundle.shared.atDefaultLevel()
            let containerds = try await LoadGuest.containerds().filter { $0.key == "bookworm" }
            let guest = try await LoadGuest.make("small-load", carrying: files, containerds: containerds)
            try await guest.forget()
            try await guest.start(.init(containerd: "bookworm", role: "worker"), memoryMB: 1024)
            let state = try await guest.state()
            #expect(state.contains { $0.contains("kube-proxy") }, "\(state)")
            try await guest.remove()
        }
    }
}
