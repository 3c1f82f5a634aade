import BundleModel
import Host
import Synchronization
import Testing

@testable import InstallCore

/// What the first master sees between its pod network and its own end.
struct ReadyStepTests {
    /// An API server that shows one state after another; the step's pauses are what time is made of.
    private final class Cluster: ProcessRunner {
        struct State {
            var taints: [JSONValue] = []
            var isReady = true
            var unscheduled: [JSONValue] = []
            var scheduled: [JSONValue] = []
        }
        private let states: [State]
        private let turn = Mutex(0)

        init(_ states: [State]) { self.states = states }

        var turns: Int { turn.withLock { $0 } }

        struct WaitedTooLong: Error {}

        func pause() throws {
            let now = turn.withLock {
                $0 += 1
                return $0
            }
            if now > 100 { throw WaitedTooLong() }
        }

        func run(_ command: Command) async throws -> CommandResult {
            let state = states[min(turns, states.count - 1)]
            let answer: JSONValue
            if command.arguments.contains("pods") {
                let isUnscheduled = command.arguments.contains("spec.nodeName=")
                answer = ["items": .array(isUnscheduled ? state.unscheduled : state.scheduled)]
            } else {
                let ready: JSONValue = ["type": "Ready", "status": state.isReady ? "True" : "False"]
                answer = ["spec": ["taints": .array(state.taints)], "status": ["conditions": [ready]]]
            }
            return CommandResult(
                status: 0, standardOutput: String(decoding: try CanonicalJSON.encode(answer), as: UTF8.self))
        }
    }

    private static let master: JSONValue = ["key": "node-role.kubernetes.io/master", "effect": "NoSchedule"]
    private static let notReady: JSONValue = ["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]
    private static let toleration: JSONValue = ["key": "node-role.kubernetes.io/master", "operator": "Exists"]

    private var proxy: JSONValue { pod("kube-proxy", ready: true) }

    private func pod(_ name: String, ready: Bool = false, tolerations: [JSONValue] = [toleration]) -> JSONValue {
        [
            "metadata": ["name": .string(name)], "spec": ["tolerations": .array(tolerations)],
            "status": [
                "phase": ready ? "Running" : "Pending",
                "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
            ],
        ]
    }

    private func wait(_ cluster: Cluster) async throws {
        let scratch = try Scratch()
        let target = try Fixture.target(scratch, runner: cluster)
        var context = target.context
        context.pause = { _ in try cluster.pause() }
        let run = InstallRun(
            target: target.with(context),
            journal: try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 1_700_000_000)))
        try await ReadyStep().apply(run)
        // As the installer does right afterwards.
        #expect(try await ReadyStep().verify(run.target) == nil)
    }

    @Test func podsThatOnlyAReadyNodeGetsAreWaitedFor() async throws {
        let taints = [Self.notReady, Self.master]
        let cluster = Cluster([
            .init(taints: taints, isReady: false, unscheduled: [pod("coredns")], scheduled: [proxy]),
            .init(taints: taints, unscheduled: [pod("coredns")], scheduled: [proxy]),
            .init(taints: [Self.master], unscheduled: [pod("coredns")], scheduled: [proxy]),
            .init(taints: [Self.master], scheduled: [proxy, pod("coredns")]),
            .init(taints: [Self.master], scheduled: [proxy, pod("coredns", ready: true)]),
        ])
        try await wait(cluster)
        #expect(cluster.turns == 4)
    }

    @Test func aPodThatThisNodeKeepsAwayIsNotWaitedFor() async throws {
        let cluster = Cluster([
            .init(
                taints: [Self.master], unscheduled: [pod("metrics-server", tolerations: [])], scheduled: [proxy])
        ])
        try await wait(cluster)
        #expect(cluster.turns == 0)
    }

    @Test func aPodThatTheSchedulerCannotPlaceEndsTheWaitNotTheInstallation() async throws {
        let cluster = Cluster([
            .init(taints: [Self.master], unscheduled: [pod("too-large")], scheduled: [proxy])
        ])
        try await wait(cluster)
        #expect(cluster.turns == 30)
    }
}
