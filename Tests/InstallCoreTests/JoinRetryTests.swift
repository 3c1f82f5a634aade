import BundleModel
import Host
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

/// Ends `kubeadm join` with these results, one after the other, and keeps what each one was given to read.
private final class JoinProgram: ProcessRunner {
    private let root: HostRoot
    private let results: Mutex<[CommandResult]>
    private let seen = Mutex<[String]>([])
    private let configurations = Mutex<[String]>([])
    private let modes = Mutex<[UInt16]>([])

    init(_ root: HostRoot, _ results: [CommandResult]) {
        self.root = root
        self.results = Mutex(results)
    }

    var commands: [String] { seen.withLock { $0 } }
    var read: [String] { configurations.withLock { $0 } }
    var readModes: [UInt16] { modes.withLock { $0 } }

    func run(_ command: Command) async throws -> CommandResult {
        seen.withLock { $0.append(command.description) }
        guard command.arguments.first == "join" else { return CommandResult(status: 0) }
        let file = root.resolve(command.arguments[2])
        let text = try FileSystem.text(file) ?? ""
        let mode = try FileSystem.status(file)?.mode ?? 0
        configurations.withLock { $0.append(text) }
        modes.withLock { $0.append(mode) }
        // kubeadm has written this before it looks at the node's name, and refuses to find it again.
        try FileSystem.makeDirectories(root.resolve("/etc/kubernetes/pki"))
        try AtomicFile.write(Array("ca".utf8), to: root.resolve("/etc/kubernetes/pki/ca.crt"))
        return results.withLock { $0.isEmpty ? CommandResult(status: 0) : $0.removeFirst() }
    }
}

struct JoinRetryTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)
    private let broken = CommandResult(status: 1, standardError: "connection refused")
    private let stillReady = CommandResult(
        status: 1,
        standardError: """
            error execution phase kubelet-start: a Node with name "m0" and status "Ready" already exists in the \
            cluster. You must delete the existing Node or change the name of this new joining Node

            """)

    private func run(_ scratch: Scratch, _ runner: any ProcessRunner) async throws -> InstallRun {
        try scratch.write("", to: "/usr/local/bin/kubeadm")
        return InstallRun(
            target: try Fixture.target(scratch, runner: runner), journal: try await Journal(scratch.root, clock: clock))
    }

    private func join(_ run: InstallRun, token: String) async throws {
        try await KubeadmTool(run: run).perform("join", documents: "token: \(token)\n", arguments: [])
    }

    @Test func aTokenIsNeitherInTheJournalNorLeftBehind() async throws {
        let scratch = try Scratch()
        let program = JoinProgram(scratch.root, [broken, broken])
        let run = try await run(scratch, program)
        for token in ["first.token", "second.token"] {
            await #expect(throws: InstallError.self) { try await join(run, token: token) }
            #expect(try scratch.tree().filter { $0.contains(token) } == [])
        }
        try await join(run, token: "third.token")
        #expect(program.read == ["first", "second", "third"].map { "token: \($0).token\n" })
        #expect(program.readModes == [0o600, 0o600, 0o600])
        #expect(try scratch.tree().filter { $0.contains(".token") } == [])
    }

    @Test func aWorkerWhoseJoinWasRetriedIsReset() async throws {
        let scratch = try Scratch()
        let run = try await run(scratch, JoinProgram(scratch.root, [broken]))
        await #expect(throws: InstallError.self) { try await join(run, token: "first.token") }
        try await join(run, token: "second.token")
        let report = try await JournalUndo(context: run.context, journal: run.journal).run()
        #expect(report.left == [])
        #expect(!FileSystem.exists(scratch.root.resolve("/etc/kubernetes")))
    }

    /// Where a killed run leaves its token: in the whole file, and in one that it had half-written.
    private func leaveToken(_ scratch: Scratch) throws {
        try scratch.write("old.token", to: NodePaths.kubeadmConfiguration, mode: 0o600)
        try scratch.write("old.t", to: "\(NodePaths.state)/.kubeadm.yaml.kubeferry.tmp", mode: 0o600)
    }

    @Test func theNextRunOfEitherStepRemovesAKilledOnesToken() async throws {
        let scratch = try Scratch()
        let run = try await run(scratch, JoinProgram(scratch.root, []))
        let steps: [String: any Step] = ["init": KubeadmInitStep(), "join": KubeadmJoinStep()]
        for (command, step) in steps {
            // Killed between kubeadm's end and the removal: kubeadm itself does not run again.
            try scratch.write("", to: NodePaths.adminConf)
            try scratch.write("", to: NodePaths.kubeletConf)
            try run.journal.append(.kubeadmFinished(command: command))
            try leaveToken(scratch)
            try await step.apply(run)
            #expect(try scratch.tree().filter { $0.contains("old.t") } == [])
        }
    }

    @Test func resetRemovesAKilledRunsToken() async throws {
        let scratch = try Scratch()
        let run = try await run(scratch, JoinProgram(scratch.root, []))
        let steps: [any Step] = [KubeadmInitStep(), KubeadmJoinStep()]
        for step in steps {
            try leaveToken(scratch)
            try await step.undo(ResetRun(cleaner: HostCleaner(context: run.context), journal: run.journal))
            #expect(try scratch.tree().filter { $0.contains("old.t") } == [])
        }
    }

    @Test func anInterruptedJoinWaitsUntilTheAPIMissesTheNode() async throws {
        let scratch = try Scratch()
        let program = JoinProgram(scratch.root, [stillReady, stillReady])
        let run = try await run(scratch, program)
        try run.changes.claim("/etc/kubernetes")
        try run.journal.append(.kubeadmBegun(command: "join"))
        try await join(run, token: "a.token")
        let kubeadm = program.commands.filter { $0.hasPrefix("/usr/local/bin/kubeadm") }
            .map { $0.split(separator: " ")[1] }
        #expect(kubeadm == ["reset", "join", "reset", "join", "reset", "join"])
        #expect(run.state.kubeadmFinished == "join")
    }

    @Test func anotherNodeOfTheSameNameIsNotWaitedFor() async throws {
        let scratch = try Scratch()
        let program = JoinProgram(scratch.root, [stillReady])
        let run = try await run(scratch, program)
        await #expect {
            try await join(run, token: "a.token")
        } throws: { ($0 as? InstallError)?.message.contains("You must delete the existing Node") == true }
        #expect(program.read.count == 1)
    }

    @Test func anInterruptedJoinDoesNotWaitForEver() async throws {
        let scratch = try Scratch()
        let program = JoinProgram(scratch.root, Array(repeating: stillReady, count: 100))
        let run = try await run(scratch, program)
        try run.journal.append(.kubeadmBegun(command: "join"))
        await #expect(throws: InstallError.self) { try await join(run, token: "a.token") }
        #expect(program.read.count == 13)
    }

    /// The first run's list may be of a cluster that was made anew before the second one's invite.
    @Test func aJoinGoesToTheMastersOfItsOwnInvite() async throws {
        let scratch = try Scratch()
        let program = JoinProgram(scratch.root, [])
        try scratch.write("", to: "/usr/local/bin/kubeadm")
        try scratch.write("10.77.0.10:6443", to: NodePaths.masters, mode: 0o600)
        let plain = try Fixture.target(scratch, runner: program)
        var services = plain.services
        services.redeem = { node in
            JoinAdmission(
                token: "a.token", caCertHashes: ["sha256:00"], masters: ["10.77.0.11:6443"],
                cluster: .init(
                    podCIDR: node.podCIDR, serviceCIDR: node.serviceCIDR, productLine: node.productLine,
                    lowestSequence: 0, revokedKeys: []))
        }
        let target = InstallTarget(
            context: plain.context, content: plain.content, options: plain.options, node: plain.node, services: services
        )
        try await KubeadmJoinStep().apply(
            InstallRun(target: target, journal: try await Journal(scratch.root, clock: clock)))
        #expect(program.read.count == 1)
        #expect(try scratch.text(NodePaths.masters) == "10.77.0.11:6443")
        #expect(try FileSystem.status(scratch.root.resolve(NodePaths.masters))?.mode == 0o600)
    }

    @Test func aFullDiskHasItsOwnCategory() async throws {
        let scratch = try Scratch()
        let full = CommandResult(status: 1, standardError: "write /var/lib/etcd/x: no space left on device")
        let run = try await run(scratch, JoinProgram(scratch.root, [full]))
        await #expect {
            try await join(run, token: "a.token")
        } throws: { ($0 as? HostError)?.category == .noSpace }
    }
}
