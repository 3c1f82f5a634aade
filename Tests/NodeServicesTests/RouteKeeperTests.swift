import Host
import NodeServices
import Synchronization
import SystemPackage
import Testing

/// Answers `ip` from a script and remembers what it was asked to change; any other program is an error.
private final class ScriptedIPForTests: ProcessRunner {
    let changes = Mutex<[String]>([])

    func run(_ command: Command) async throws -> CommandResult {
        guard command.executable == "ip" else {
            throw HostError.notStarted(command: command.description, reason: "not provided by this test")
        }
        switch command.arguments.joined(separator: " ") {
        case "-json address show":
            return CommandResult(
                status: 0,
                standardOutput: #"[{"ifname":"lo","addr_info":[{"local":"127.0.0.1"}]},"#
                    + #"{"ifname":"host0","addr_info":[{"family":"inet","local":"10.0.0.1"}]},{"ifname":"down"}]"#)
        case "-4 -json route show proto 157":
            return CommandResult(
                status: 0,
                standardOutput: #"[{"dst":"10.244.1.0/24","gateway":"10.0.0.7","dev":"host0","flags":[]},"#
                    + #"{"dst":"10.244.9.1","gateway":"10.0.0.9","dev":"host0","flags":[]}]"#)
        case "-4 -json route show proto kernel":
            return CommandResult(status: 0, standardOutput: #"[{"dst":"10.244.7.0/24","dev":"cni0"}]"#)
        case "-6 -json route show proto kernel": return CommandResult(status: 0, standardOutput: "")
        case let change where change.contains("10.244.3.0/24"):
            return CommandResult(status: 2, standardError: "Error: Nexthop has invalid gateway.")
        case let change:
            changes.withLock { $0.append(change) }
            return CommandResult(status: 0)
        }
    }
}

struct RouteKeeperTests {
    @Test func routesFollowTheNodesAndARefusedOneKeepsNoOtherAway() async throws {
        let runner = ScriptedIPForTests()
        let keeper = RouteKeeper(
            root: HostRoot("/nonexistent"), processes: runner, endpoint: try Endpoint("127.0.0.1:7443"),
            logger: Samples.quiet)
        let nodes = [
            ("10.0.0.1", "10.244.0.0/24"), ("10.0.0.2", "10.244.1.0/24"), ("172.16.0.1", "10.244.3.0/24"),
            ("10.0.0.4", "10.244.4.0/24"),
            // This node, by an address that it had: its pods' network is its own.
            ("10.0.0.99", "10.244.7.0/24"),
        ].map {
            KubernetesNode(
                metadata: .init(name: $0.0), spec: .init(podCIDR: $0.1),
                status: .init(addresses: [.init(type: "InternalIP", address: $0.0)]))
        }
        try await keeper.apply(nodes)
        #expect(
            runner.changes.withLock { $0 } == [
                "-4 route replace 10.244.1.0/24 via 10.0.0.2 proto 157",
                "-4 route replace 10.244.4.0/24 via 10.0.0.4 proto 157",
                "-4 route del 10.244.9.1/32 via 10.0.0.9 proto 157",
            ])
    }
}
