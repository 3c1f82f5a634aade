import Archive
import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

struct ResetOrderTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)

    @Test func aResetThatLeftSomethingCanBeRunAgain() async throws {
        let scratch = try Scratch()
        try scratch.write("", to: "/usr/local/sbin/of-others")
        let before = try scratch.tree().filter { !$0.hasPrefix("/var") }
        do {
            let journal = try await Journal(scratch.root, clock: clock)
            try HostChanges(context: scratch.context(), journal: journal)
                .write("program", to: NodePaths.executable, mode: 0o755)
        }
        try scratch.write("another version", to: NodePaths.executable, mode: 0o755)
        let resetter = Resetter(context: scratch.context())
        for _ in 0..<2 {
            await #expect {
                try await resetter.run()
            } throws: { ($0 as? InstallError)?.category == .undoIncomplete }
            #expect(Journal.exists(scratch.root))
        }
        try FileSystem.remove(scratch.root.resolve(NodePaths.executable))
        #expect(try await resetter.run().left == [])
        #expect(!FileSystem.exists(scratch.root.resolve(NodePaths.state)))
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }

    @Test func whatAKilledRunHadHalfWrittenGoes() async throws {
        let scratch = try Scratch()
        try scratch.write("127.0.0.1 localhost\n", to: "/etc/hosts")
        try scratch.write("", to: "/usr/local/bin/.hidden")
        let before = try scratch.tree().filter { !$0.hasPrefix("/var") }
        let journal = try await Journal(scratch.root, clock: clock)
        let changes = HostChanges(context: scratch.context(), journal: journal)
        try journal.append(.stepStarted(step: "binaries"))
        try changes.makeDirectory("/opt/cni/bin")
        try changes.makeDirectory("/usr/local/share/kubeferry/manifests")
        try changes.addLine("10.0.0.1 m0", to: "/etc/hosts")
        try changes.write("x", to: "/etc/kf.conf")
        for path in ["/etc/.hosts.kubeferry.tmp", "/etc/.kf.conf.kubeferry.tmp"] { try scratch.write("ha", to: path) }
        for folder in ["/usr/local/bin", "/opt/cni/bin", "/usr/local/share/kubeferry/manifests"] {
            try scratch.write("ha", to: "\(folder)/.kubelet\(SafeExtractor.temporarySuffix)")
        }
        let report = try await JournalUndo(context: scratch.context(), journal: journal).run()
        #expect(report.left == [])
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }

    /// Killed between the two, another run could not tell which settings had to be in the file.
    @Test func theFileOfSettingsIsWrittenBeforeTheyAreSet() async throws {
        let scratch = try Scratch()
        try scratch.write("Filename Type\n", to: "/proc/swaps")
        try scratch.write("nodev\toverlay\n", to: "/proc/filesystems")
        for (key, value) in [
            ("net.ipv4.ip_forward", "0"), ("net.bridge.bridge-nf-call-iptables", "1"),
            ("net.bridge.bridge-nf-call-ip6tables", "1"), ("net.netfilter.nf_conntrack_max", "1000"),
            ("vm.max_map_count", "65530"),
        ] { try scratch.write("\(value)\n", to: HostChanges.sysctlPath(key)) }
        let journal = try await Journal(scratch.root, clock: clock)
        try await SystemStep().apply(InstallRun(target: try Fixture.target(scratch), journal: journal))
        let order = journal.entries.compactMap { entry -> String? in
            switch entry.record {
            case .fileWritten(let path, _, _) where path == SystemStep.sysctlFile: "file"
            case .sysctl(let key, _, _): key
            default: nil
            }
        }
        #expect(order == ["file", "net.ipv4.ip_forward", "vm.max_map_count"])
        let text = try #require(try scratch.text(SystemStep.sysctlFile))
        #expect(text.contains("vm.max_map_count = 262144\n") && text.contains("bridge-nf-call-iptables = 1\n"))
    }
}
