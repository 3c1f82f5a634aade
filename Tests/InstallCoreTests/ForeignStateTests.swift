import BundleModel
import Host
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// What preflight sees on a node that somebody else used before.
struct ForeignStateTests {
    /// systemctl with some enabled units, and nothing that is active.
    private struct Units: ProcessRunner {
        var enabled: Set<String> = []

        func run(_ command: Command) async throws -> CommandResult {
            let isKnown = command.arguments.first == "is-enabled" && enabled.contains(command.arguments.last ?? "")
            return CommandResult(status: isKnown ? 0 : 1)
        }
    }

    private func gather(_ scratch: Scratch, _ records: [JournalRecord] = [], units: Units = Units()) async throws
        -> NodeFacts
    {
        let state = JournalState(records.enumerated().map { JournalEntry(sequence: $0 + 1, time: "", record: $1) })
        return try await FactGatherer(context: scratch.context(units)).gather(journal: state)
    }

    /// The foreign facts alone, on a node that is good otherwise.
    private func errors(_ found: NodeFacts) throws -> [String] {
        var facts = PreflightTests.good
        facts.runtimeUnits = found.runtimeUnits
        facts.foreignRuntimes = found.foreignRuntimes
        facts.foreignStore = found.foreignStore
        facts.clusterFiles = found.clusterFiles
        facts.linkedFolders = found.linkedFolders
        let findings = PreflightEvaluation(facts: facts, needs: try PreflightTests.needs()).findings
            .filter { $0.severity == .error }
        #expect(findings.allSatisfy { !$0.cause.isEmpty && !$0.fix.isEmpty })
        return findings.map(\.id)
    }

    private let ourStore = JournalRecord.directoryClaimed(path: "/var/lib/containerd", existed: false, kept: [])

    @Test func upstreamsContainerdIsForeignUnlessTheJournalHasIt() async throws {
        let scratch = try Scratch()
        try FileSystem.makeDirectories(scratch.root.resolve("/proc/42"))
        #expect(symlink("/usr/local/bin/containerd", scratch.root.resolve("/proc/42/exe").string) == 0)
        #expect(try errors(await gather(scratch)) == ["runtime-containerd"])
        #expect(try errors(await gather(scratch, [ourStore])) == [])
    }

    @Test func aStoppedContainerdIsSeenByItsStore() async throws {
        let scratch = try Scratch()
        try FileSystem.makeDirectories(scratch.root.resolve("/var/lib/containerd/io.containerd.content.v1.content"))
        try FileSystem.makeDirectories(scratch.root.resolve("/var/lib/containerd/lost+found"))
        #expect(try errors(await gather(scratch)) == [])
        try scratch.write("x", to: "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db")
        let facts = try await gather(scratch)
        #expect(facts.foreignStore == "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db")
        #expect(try errors(facts) == ["runtime-store"])
        #expect(try errors(await gather(scratch, [ourStore])) == [])
    }

    @Test(arguments: [
        ("docker.socket", "runtime-docker"), ("k3s-agent.service", "runtime-k3s"),
        ("rke2-agent.service", "runtime-rke2"), ("crio.service", "runtime-cri-o"),
    ])
    func aRuntimeThatTheNextBootStartsIsForeign(_ unit: String, _ id: String) async throws {
        let scratch = try Scratch()
        #expect(try errors(await gather(scratch, units: Units(enabled: [unit]))) == [id])
    }

    @Test func podmanIsFine() async throws {
        let scratch = try Scratch()
        #expect(try errors(await gather(scratch, units: Units(enabled: ["podman.socket", "podman.service"]))) == [])
    }

    @Test(arguments: ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"])
    func whatAClusterLeftIsForeignUnlessTheJournalHasIt(_ folder: String) async throws {
        let scratch = try Scratch()
        // As the packages of kubelet and kubeadm make them.
        try FileSystem.makeDirectories(scratch.root.resolve("\(folder)/manifests"))
        #expect(try errors(await gather(scratch)) == [])
        try scratch.write("x", to: "\(folder)/pki/ca.crt")
        #expect(try await gather(scratch).clusterFiles == ["\(folder)/pki/ca.crt"])
        #expect(try errors(await gather(scratch)) == ["cluster"])
        let claimed = JournalRecord.directoryClaimed(path: folder, existed: true, kept: [])
        #expect(try errors(await gather(scratch, [claimed])) == [])
    }

    @Test(arguments: ["/opt", "/usr/local", "/opt/cni/bin"])
    func aLinkOnTheWayIsFoundBeforeTheFirstChange(_ folder: String) async throws {
        let scratch = try Scratch()
        let place = scratch.root.resolve(folder)
        try FileSystem.makeDirectories(place.removingLastComponent())
        #expect(symlink("/srv/other", place.string) == 0)
        let facts = try await gather(scratch)
        #expect(facts.linkedFolders == [folder: "/srv/other"])
        #expect(try errors(facts) == ["linked-folder"])
    }

    @Test(arguments: ["/usr/local/share", "/usr/local/share/kubeferry"])
    func aLinkOnTheWayToAFileOfTheBundleIsFoundToo(_ folder: String) async throws {
        let scratch = try Scratch()
        let place = scratch.root.resolve(folder)
        try FileSystem.makeDirectories(place.removingLastComponent())
        #expect(symlink("/srv/other", place.string) == 0)
        let digest = try #require(Fixture.digest)
        let pack = Pack(
            name: "node", content: .files, selector: .init(), compression: Compression(), size: 1,
            uncompressedSize: 1, chunkSize: 1, chunks: [digest], digest: digest,
            members: [
                Pack.Member(path: "usr/local/share/kubeferry/note", mode: 0o644, size: 1, sha256: digest)
            ])
        let facts = try await FactGatherer(context: scratch.context(Units())).gather(journal: nil, packs: [pack])
        #expect(facts.linkedFolders == [folder: "/srv/other"])
        #expect(try errors(facts) == ["linked-folder"])
    }
}
