import Archive
import BundleModel
import Host
import Signing
import Testing

@testable import InstallCore

/// A worker that an invite brings to a cluster which believes less than the worker does.
struct JoiningTrustTests {
    private static let key = Fixture.digest.map { [$0] } ?? []
    private static let other = SHA256Hasher.hash(Array("another signer".utf8))

    /// Ends an installation where its steps would begin.
    private struct StepsBegan: Error {}

    /// What the test's machine is not asked for.
    private static func configuration() -> NodeConfiguration {
        var configuration = NodeConfiguration()
        configuration.preflight = .init(
            masterMemoryMB: 0, workerMemoryMB: 0, masterCPUs: 0,
            tolerate: [
                "root", "hostname", "systemd", "kernel", "cgroup", "node-ip", "architecture", "clock", "cidr",
            ] + NodeFacts.neededTools.map { "tool-\($0)" } + NodeFacts.neededModules.map { "module-\($0)" })
        return configuration
    }

    private static func cluster(
        lowest: UInt64 = 1, revoked: [SHA256Digest] = [], podCIDR: String = "10.244.0.0/16"
    ) -> JoinAdmission.Cluster {
        JoinAdmission.Cluster(
            podCIDR: podCIDR, serviceCIDR: "10.96.0.0/12", productLine: "kubernetes", lowestSequence: lowest,
            revokedKeys: revoked)
    }

    /// The bundle's sequence is 5.
    private func install(
        _ scratch: Scratch, _ cluster: JoinAdmission.Cluster, signers: [SHA256Digest] = key, allowOlder: Bool = false,
        podCIDR: String? = nil, hasInvite: Bool = true, content: (any BundleContent)? = nil
    ) async throws {
        let options = try InstallOptions(
            role: .worker, nodeIP: nil, podCIDR: podCIDR, serviceCIDR: nil, verifiesFirst: true,
            configuration: Self.configuration())
        let root = scratch.root
        var services = ServiceHooks(
            mastersFile: { _ in throw StepsBegan() }, clusterObjects: { _, _ in [] },
            redeem: { _ in
                // As the real one: the node's key is made before the first question.
                try AtomicFile.write(Array("key".utf8), to: root.resolve("\(NodePaths.state)/node-key.pem"))
                return JoinAdmission(token: "", caCertHashes: [], masters: [], cluster: cluster)
            })
        if !hasInvite { services.redeem = nil }
        let runner = ScriptedPrograms([
            ("systemctl is-active", CommandResult(status: 3)), ("systemctl is-enabled", CommandResult(status: 1)),
            ("modprobe", CommandResult(status: 0)),
        ])
        let installer = NodeInstaller(
            context: scratch.context(runner), content: try content ?? EmptyBundle(index: Fixture.index()),
            trust: TrustRecord(signers: signers, revoked: []), options: options, services: services)
        _ = try await installer.install(allowOlder: allowOlder)
    }

    private func refusal(_ body: () async throws -> Void) async -> DiagnosticCategory? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? any Diagnostic)?.category
        }
    }

    @Test func aClusterWithoutARealNetworkIsRefused() async throws {
        let scratch = try Scratch()
        #expect(
            await refusal { try await install(scratch, Self.cluster(podCIDR: "10.244.0.0/x")) } == .invalidInput)
        #expect(try onlyTheKeyIsLeft(scratch))
    }

    /// What a refused join may leave: the node's key, and nothing else.
    private func onlyTheKeyIsLeft(_ scratch: Scratch) throws -> Bool {
        let files = try scratch.tree().filter { !$0.contains(" directory ") }
        return files.count == 1 && files[0].hasPrefix("/var/lib/node-install/node-key.pem ")
    }

    @Test func aBundleBelowTheClustersLowestIsRefusedAndLeavesNothing() async throws {
        let scratch = try Scratch()
        #expect(await refusal { try await install(scratch, Self.cluster(lowest: 6)) } == .olderSequence)
        #expect(try onlyTheKeyIsLeft(scratch))
    }

    @Test func aBundleWhoseOnlySignerTheClusterRevokedIsRefusedAndLeavesNothing() async throws {
        let scratch = try Scratch()
        #expect(await refusal { try await install(scratch, Self.cluster(revoked: Self.key)) } == .revokedKey)
        #expect(try onlyTheKeyIsLeft(scratch))
    }

    @Test func aWorkerWithoutAnInviteIsRefusedBeforeAnyChange() async throws {
        let scratch = try Scratch()
        #expect(await refusal { try await install(scratch, Self.cluster(), hasInvite: false) } == .invalidInput)
        #expect(try scratch.tree() == [])
    }

    @Test func anotherNetworkThanTheClustersIsRefused() async throws {
        let scratch = try Scratch()
        let category = await refusal { try await install(scratch, Self.cluster(), podCIDR: "10.213.0.0/16") }
        #expect(category == .invalidInput)
        #expect(try onlyTheKeyIsLeft(scratch))
    }

    /// The steps themselves end at the first program that this test does not have.
    @Test func whatTheClusterSaysIsRememberedAndItsNetworkTaken() async throws {
        let scratch = try Scratch()
        let cluster = Self.cluster(lowest: 4, revoked: [Self.other], podCIDR: "10.213.0.0/16")
        #expect(await refusal { try await install(scratch, cluster, signers: Self.key + [Self.other]) } != nil)
        let memory = try TrustMemory.read(scratch.root)
        #expect(memory.sequences == ["kubernetes": 5])
        #expect(memory.revokedKeys == [Self.other])
        #expect(try TrustStore(root: scratch.root).policy(arguments: []).revoked == [Self.other])
        let run = try #require(JournalState(try JournalReader.entries(scratch.root)).run)
        #expect(run.podCIDR == "10.213.0.0/16")
        #expect(run.keyFingerprint == Self.key.first)
        let published = try TrustStore(root: scratch.root).published(productLine: "kubernetes")
        #expect(published.lowestSequence == 5)
        #expect(published.revokedKeys == [Self.other])
    }

    @Test func theRemainingSignerOfTwoIsTheOneThatIsRecorded() async throws {
        let scratch = try Scratch()
        _ = await refusal {
            try await install(scratch, Self.cluster(revoked: Self.key), signers: Self.key + [Self.other])
        }
        let run = try #require(JournalState(try JournalReader.entries(scratch.root)).run)
        #expect(run.keyFingerprint == Self.other)
    }

    @Test func aSignatureThatWasNotCheckedIsNotCheckedAgainstTheClusterEither() throws {
        let skipped = TrustRecord(signers: [], revoked: [])
        #expect(try skipped.adding(revoked: Self.key) == TrustRecord(signers: [], revoked: Set(Self.key)))
    }

    @Test func anOlderBundleIsTheOperatorsDecision() async throws {
        let scratch = try Scratch()
        _ = await refusal { try await install(scratch, Self.cluster(lowest: 9), allowOlder: true) }
        #expect(JournalState(try JournalReader.entries(scratch.root)).run != nil)
        #expect(try TrustMemory.read(scratch.root).sequences == ["kubernetes": 9])
    }

    /// A bundle that takes so long to check that another command installs another release meanwhile.
    private struct Overtaken: BundleContent {
        let root: HostRoot
        let index: BundleIndex

        func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {
            let journal = try await Journal(root, clock: FixedWallClock(secondsSince1970: 0))
            var run = try Fixture.node()
            run.releaseID = JoiningTrustTests.other
            run.role = role
            try journal.append(.runStarted(run: run))
        }

        func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader { throw EmptyBundle.NoPack() }
        func keep(_ reader: PackReader?) {}
        func executable() throws -> [UInt8] { [] }
        func executableHead() throws -> Head { Head(size: 0, sha256: JoiningTrustTests.other) }
    }

    @Test func whatAnotherCommandDidBeforeTheLockIsSeen() async throws {
        let scratch = try Scratch()
        let content = Overtaken(root: scratch.root, index: try Fixture.index())
        let error = await #expect(throws: InstallError.self) {
            try await install(scratch, Self.cluster(), content: content)
        }
        guard case .otherRelease? = error else {
            Issue.record("\(error?.message ?? "nothing")")
            return
        }
        #expect(try JournalReader.entries(scratch.root).count == 2)
    }
}
