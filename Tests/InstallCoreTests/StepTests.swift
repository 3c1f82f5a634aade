import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

struct StepTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)
    private let ok = CommandResult(status: 0)

    @Test func everyStepHasItsBoundariesInOrder() {
        let listings = StepCatalog.listings
        #expect(Set(listings.map(\.name)).count == listings.count)
        for listing in listings {
            #expect(listing.boundaries.first == "\(listing.name):begin")
            #expect(Array(listing.boundaries.suffix(2)) == ["\(listing.name):applied", "\(listing.name):done"])
        }
        let all = listings.flatMap(\.boundaries)
        #expect(Set(all).count == all.count)
        #expect(all.contains("images:mid") && all.contains("kubeadm-init:mid"))
    }

    @Test func anImageCountsOnlyWhenCompleteUnpackedAndTheSame() async throws {
        let scratch = try Scratch()
        let hex = try #require(Fixture.digest).description
        let other = "sha256:\(String(repeating: "0", count: 64))"
        func missing(_ line: String) async throws -> Int {
            let text = "REF TYPE DIGEST STATUS SIZE UNPACKED\n\(line)\n"
            let runner = ScriptedPrograms([
                ("/usr/local/bin/ctr -n k8s.io images check", CommandResult(status: 0, standardOutput: text))
            ])
            return try await ImagesStep().missing(try Fixture.target(scratch, runner: runner)).count
        }
        let type = "application/vnd.oci.image.manifest.v1+json"
        let name = "registry.k8s.io/pause:3.9"
        #expect(try await missing("\(name) \(type) \(hex) complete (3/3) 1.0 MiB/1.0 MiB true") == 0)
        #expect(try await missing("\(name) \(type) \(hex) complete (3/3) 1.0 MiB/1.0 MiB false") == 1)
        #expect(try await missing("\(name) \(type) \(hex) incomplete (2/3) 1.0 MiB/2.0 MiB true") == 1)
        #expect(try await missing("\(name) \(type) \(other) complete (3/3) 1.0 MiB/1.0 MiB true") == 1)
        #expect(try await missing("registry.k8s.io/pause:3.8 \(type) \(hex) complete (3/3) 1 B/1 B true") == 1)
    }

    @Test func anInterruptedInitIsResetAndDoneAgain() async throws {
        let scratch = try Scratch()
        let runner = ScriptedPrograms([
            ("/usr/local/bin/kubeadm reset", ok), ("/usr/local/bin/kubeadm init", ok),
            ("/usr/local/bin/ctr", ok), ("systemctl", ok),
        ])
        try scratch.write("", to: "/usr/local/bin/kubeadm")
        let target = try Fixture.target(scratch, runner: runner)
        let journal = try await Journal(scratch.root, clock: clock)
        try journal.append(.runStarted(run: target.node))
        let run = InstallRun(target: target, journal: journal)
        try run.changes.claim("/etc/kubernetes")
        try journal.append(.kubeadmBegun(command: "init"))
        try scratch.write("half", to: "/etc/kubernetes/pki/ca.crt")

        try await KubeadmInitStep().apply(run)
        let commands = runner.commands.filter { $0.contains("kubeadm") }
        #expect(commands.count == 2)
        #expect(commands.first?.contains("kubeadm reset --force") == true)
        #expect(commands.last?.contains("kubeadm init --config /var/lib/node-install/kubeadm.yaml") == true)
        #expect(try scratch.text("/etc/kubernetes/pki/ca.crt") == nil)
        #expect(run.state.kubeadmFinished == "init")
        #expect(!FileSystem.exists(scratch.root.resolve(NodePaths.kubeadmConfiguration)))
    }

    @Test func aFirstInitResetsNothing() async throws {
        let scratch = try Scratch()
        let runner = ScriptedPrograms([("/usr/local/bin/kubeadm init", ok)])
        let journal = try await Journal(scratch.root, clock: clock)
        let target = try Fixture.target(scratch, runner: runner)
        try await KubeadmInitStep().apply(InstallRun(target: target, journal: journal))
        #expect(runner.commands.count == 1)
    }

    @Test func aFailedInitShowsWhatKubeadmSaid() async throws {
        let scratch = try Scratch()
        let runner = ScriptedPrograms([
            ("/usr/local/bin/kubeadm init", CommandResult(status: 1, standardError: "[ERROR Port-6443]"))
        ])
        let journal = try await Journal(scratch.root, clock: clock)
        let run = InstallRun(target: try Fixture.target(scratch, runner: runner), journal: journal)
        await #expect {
            try await KubeadmInitStep().apply(run)
        } throws: { ($0 as? InstallError)?.message.contains("[ERROR Port-6443]") == true }
        #expect(run.state.kubeadmPending == "init")
    }

    @Test func aPodIsReadyOrSaysWhyNot() {
        let ready: JSONValue = [
            "metadata": ["name": "a"],
            "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]],
        ]
        #expect(ReadyStep.problem(ready) == nil)
        let waiting: JSONValue = [
            "metadata": ["name": "a"],
            "status": [
                "phase": "Pending",
                "containerStatuses": [["state": ["waiting": ["reason": "ErrImageNeverPull"]]]],
            ],
        ]
        #expect(ReadyStep.problem(waiting) == "a (Pending, ErrImageNeverPull)")
    }
}
