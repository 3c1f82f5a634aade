import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// The real programs in a network namespace of their own.
private struct NamespaceRunner: ProcessRunner {
    let holder: String

    func run(_ command: Command) async throws -> CommandResult {
        var inside = command
        inside.executable = "nsenter"
        inside.arguments = ["--net=/proc/\(holder)/ns/net", command.executable] + command.arguments
        return try await SystemProcessRunner().run(inside)
    }
}

@Suite(
    .enabled(
        if: geteuid() == 0 && ["nft", "iptables"].allSatisfy { access("/usr/sbin/\($0)", X_OK) == 0 },
        "SKIPPED: needs root, nft and iptables"))
struct ResetFirewallTests {
    @Test func kubeProxysRulesOfEachModeGoAndTheOperatorsStay() async throws {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let pid = scratch.path.appending("pid")
        let holder = Task {
            try await SystemProcessRunner().run(
                Command("unshare", ["--net", "sh", "-c", "echo $$ >\(pid); exec sleep 900"], timeout: 900))
        }
        defer { holder.cancel() }
        while try FileSystem.text(pid)?.hasSuffix("\n") != true { try await Task.sleep(for: .milliseconds(20)) }
        let runner = NamespaceRunner(holder: String(try #require(try FileSystem.text(pid)).dropLast()))
        let rules = """
            set -e
            for family in ip ip6; do
                nft add table $family kube-proxy
                nft add chain $family kube-proxy services
                nft add table $family mine
            done
            iptables -t nat -N KUBE-SERVICES
            iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            iptables -A INPUT -p tcp --dport 22 -j ACCEPT
            """
        try await runner.require(Command("sh", ["-c", rules]))

        var context = try Scratch().context(runner)
        context.root = HostRoot("/")
        await HostCleaner(context: context).removeFirewallRules()

        let left = try await runner.require(Command("nft", ["list", "ruleset"])).standardOutput
        #expect(!left.contains("kube-proxy") && !left.contains("KUBE-"), "\(left)")
        for family in ["ip", "ip6"] { #expect(left.contains("table \(family) mine")) }
        #expect(left.contains("tcp dport 22"))
    }
}
