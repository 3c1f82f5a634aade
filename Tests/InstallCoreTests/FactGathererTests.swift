import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// From the files of a node to the findings about it.
struct FactGathererTests {
    private func node() throws -> Scratch {
        let scratch = try Scratch()
        for (path, text) in [
            ("/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n"), ("/proc/sys/kernel/hostname", "m0\n"),
            ("/proc/meminfo", "MemTotal:        1024000 kB\nMemFree: 1 kB\n"),
            ("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"), ("/proc/filesystems", "nodev\toverlay\n"),
            ("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n"), ("/sys/class/dmi/id/product_uuid", "1\n"),
        ] { try scratch.write(text, to: path) }
        try FileSystem.makeDirectories(scratch.root.resolve("/run/systemd/system"))
        return scratch
    }

    private func link(_ scratch: Scratch, _ path: String, _ target: String) throws {
        let file = scratch.root.resolve(path)
        try FileSystem.makeDirectories(file.removingLastComponent())
        #expect(symlink(target, file.string) == 0)
    }

    /// - Parameter active: units that run.
    private func findings(
        _ scratch: Scratch, active: [String] = [], _ role: NodeRole = .master, _ severity: Finding.Severity = .error
    ) async throws -> [String: Finding] {
        let runner = ScriptedPrograms(
            active.map { ("systemctl is-active --quiet \($0)", CommandResult(status: 0)) } + [
                ("systemctl is-active", CommandResult(status: 3)), ("systemctl is-enabled", CommandResult(status: 1)),
                ("modprobe", CommandResult(status: 0)),
            ])
        let facts = try await FactGatherer(context: scratch.context(runner)).gather(journal: nil)
        let all = PreflightEvaluation(facts: facts, needs: try PreflightTests.needs(role)).findings
        return Dictionary(all.filter { $0.severity == severity }.map { ($0.id, $0) }) { first, _ in first }
    }

    @Test func aTakenPortNamesItsProcess() async throws {
        let scratch = try node()
        // 0x192B is 6443; the socket's inode leads to the process.
        try scratch.write(
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
               1: 00000000:280A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1

            """, to: "/proc/net/tcp")
        try scratch.write("haproxy\n", to: "/proc/812/comm")
        try link(scratch, "/proc/812/fd/5", "socket:[4711]")
        let found = try await findings(scratch)
        #expect(found["port-6443"]?.cause == "port 6443 is taken by haproxy")
        #expect(found["port-10250"]?.cause == "port 10250 is taken by another process")
        #expect(found["port-6443"]?.category == .preflightFailed)
    }

    @Test func aForeignRuntimeIsNamedByItsExecutable() async throws {
        let scratch = try node()
        try link(scratch, "/proc/90/exe", "/usr/bin/containerd")
        let found = try await findings(scratch)
        #expect(found["runtime-containerd"]?.cause.hasSuffix(": /usr/bin/containerd") == true)
        #expect(found["runtime-containerd"]?.category == .foreignState)
        #expect(try await findings(try node(), active: ["docker.service"])["runtime-docker"]?.category == .foreignState)
    }

    @Test func anExistingClusterIsNamedByItsFile() async throws {
        let scratch = try node()
        try scratch.write("", to: "/etc/kubernetes/kubelet.conf")
        let found = try await findings(scratch)
        #expect(found["cluster"]?.cause.contains("/etc/kubernetes/kubelet.conf") == true)
        #expect(found["cluster"]?.category == .foreignState)
    }

    @Test(arguments: [
        ("firewalld.service", "firewall"), ("NetworkManager.service", "network-manager"),
    ])
    func aServiceThatGetsInTheWayIsNamed(_ unit: String, _ id: String) async throws {
        let found = try await findings(try node(), active: [unit])
        #expect(found[id]?.cause.contains(unit) == true)
        #expect(found[id]?.fix.contains(unit) == true)
        #expect(found[id]?.category == .foreignState)
        #expect(try await findings(try node())[id] == nil)
    }

    @Test func enforcingSELinuxAndPermissiveOne() async throws {
        let scratch = try node()
        try scratch.write("1", to: "/sys/fs/selinux/enforce")
        #expect(try await findings(scratch)["selinux"]?.category == .foreignState)
        try scratch.write("0", to: "/sys/fs/selinux/enforce")
        #expect(try await findings(scratch)["selinux"] == nil)
    }

    @Test func memoryIsReadInMegabytes() async throws {
        let found = try await findings(try node())
        #expect(found["memory"]?.cause == "1000 MB of memory, expected 1700 MB")
        #expect(try await findings(try node(), .worker)["memory"] == nil)
    }

    /// Its unit is active on every Ubuntu.
    @Test func ufwCountsOnceItIsSwitchedOn() async throws {
        let scratch = try node()
        #expect(try await findings(scratch, active: ["ufw.service"])["firewall"] == nil)
        try scratch.write("# /etc/ufw/ufw.conf\nENABLED=no\nLOGLEVEL=low\n", to: "/etc/ufw/ufw.conf")
        #expect(try await findings(scratch, active: ["ufw.service"])["firewall"] == nil)
        try scratch.write("# /etc/ufw/ufw.conf\nENABLED=yes\nLOGLEVEL=low\n", to: "/etc/ufw/ufw.conf")
        #expect(try await findings(scratch, active: ["ufw.service"])["firewall"]?.category == .foreignState)
    }

    @Test func rulesOfTheOperatorsOwnAreAWarning() async throws {
        let found = try await findings(try node(), active: ["nftables.service"], .master, .warning)
        #expect(found["packet-filter"]?.cause.contains("nftables.service") == true)
    }
}
