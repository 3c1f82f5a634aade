import BundleModel
import Host
import Synchronization
import Testing

@testable import InstallCore

struct AddOnsStepTests {
    private let clock = FixedWallClock(secondsSince1970: 1_700_000_000)
    private static let folder = "/usr/local/share/kubeferry/manifests"
    private static let addOns = [
        AddOn(name: "helm", version: "3.18.4", manifests: []),
        AddOn(name: "metrics-server", version: "0.8.1", manifests: ["\(folder)/charts/metrics-server.yaml"]),
        AddOn(name: "app", version: "local", manifests: ["\(folder)/local/app.yaml"]),
    ]

    /// The fixture's target with add-ons in its bundle.
    private func target(
        _ scratch: Scratch, _ runner: any ProcessRunner, addOns: [AddOn]? = AddOnsStepTests.addOns,
        role: NodeRole = .master, kubernetes: SemanticVersion = SemanticVersion(1, 28, 0)
    ) throws -> InstallTarget {
        let plain = try Fixture.target(scratch, runner: runner)
        var index = try Fixture.index()
        index.release.addOns = addOns
        index.release.kubernetes = kubernetes
        return InstallTarget(
            context: plain.context, content: EmptyBundle(index: index),
            options: try InstallOptions(
                role: role, nodeIP: nil, podCIDR: nil, serviceCIDR: nil, verifiesFirst: true,
                configuration: NodeConfiguration()),
            node: plain.node, services: plain.services)
    }

    /// Answers each `kubectl apply` with the next of these results, and the last for ever.
    private final class Applying: ProcessRunner {
        private let results: Mutex<[CommandResult]>
        private let seen = Mutex<[String]>([])

        init(_ results: [CommandResult]) { self.results = Mutex(results) }

        var commands: [String] { seen.withLock { $0 } }

        func run(_ command: Command) async throws -> CommandResult {
            seen.withLock { $0.append(command.description) }
            return results.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? CommandResult(status: 0) }
        }
    }

    private func apply(_ target: InstallTarget) async throws {
        let journal = try await Journal(target.root, clock: clock)
        try await AddOnsStep().apply(InstallRun(target: target, journal: journal))
    }

    @Test func onlyAMasterOfABundleWithManifestsHasTheStep() throws {
        let scratch = try Scratch()
        let step = AddOnsStep()
        #expect(step.applies(to: try target(scratch, NoPrograms())))
        #expect(!step.applies(to: try target(scratch, NoPrograms(), role: .worker)))
        #expect(!step.applies(to: try target(scratch, NoPrograms(), addOns: nil)))
        #expect(!step.applies(to: try target(scratch, NoPrograms(), addOns: [Self.addOns[0]])))
    }

    /// What an add-on waits for may need a worker: that one has to be able to join although the step fails.
    @Test func theStepComesAfterThePodNetworkAndOnceOtherNodesCanJoin() throws {
        let names = StepCatalog.listings.map(\.name)
        let network = try #require(names.firstIndex(of: "cni"))
        #expect(Array(names[network...]) == ["cni", "join-service", "add-ons", "ready"])
    }

    @Test func thePlanNamesEachManifestWithItsAddOn() async throws {
        let plan = try await AddOnsStep().plan(try target(try Scratch(), NoPrograms()))
        #expect(
            plan == [
                "kubectl apply \(Self.folder)/charts/metrics-server.yaml (add-on metrics-server 0.8.1)",
                "kubectl apply \(Self.folder)/local/app.yaml (add-on app local)",
            ])
    }

    @Test(arguments: [
        (SemanticVersion(1, 21, 14), false), (SemanticVersion(1, 22, 0), true), (SemanticVersion(1, 33, 6), true),
    ])
    func manifestsAreAppliedInOrder(_ version: SemanticVersion, byTheServer isServerSide: Bool) async throws {
        let runner = Applying([CommandResult(status: 0)])
        try await apply(try target(try Scratch(), runner, kubernetes: version))
        let commands = runner.commands
        #expect(commands.count == 2)
        #expect(commands.first?.hasSuffix("-f \(Self.folder)/charts/metrics-server.yaml") == true)
        #expect(commands.last?.hasSuffix("-f \(Self.folder)/local/app.yaml") == true)
        #expect(commands.allSatisfy { $0.contains(" apply --server-side --force-conflicts ") == isServerSide })
    }

    @Test func whatIsNotTakenYetIsAppliedAgain() async throws {
        let refused = CommandResult(status: 1, standardError: "no matches for kind \"App\"")
        let runner = Applying([refused, refused, CommandResult(status: 0)])
        try await apply(try target(try Scratch(), runner))
        #expect(runner.commands.count == 4)
    }

    @Test func whatIsNeverTakenEndsTheStepNamingTheAddOn() async throws {
        let runner = Applying([CommandResult(status: 1, standardError: "no matches for kind \"App\"")])
        let target = try target(try Scratch(), runner)
        let error = try await #require(throws: InstallError.self) { try await apply(target) }
        #expect(error.category == .stepFailed)
        #expect(error.message.contains("add-on metrics-server 0.8.1: kubectl apply"))
        #expect(error.message.contains("no matches for kind"))
        // Bounded, and the next add-on is not tried.
        #expect(runner.commands.allSatisfy { $0.contains("metrics-server.yaml") })
    }

    @Test func anAnswerThatDoesNotComeNamesTheAddOnToo() async throws {
        struct Silent: ProcessRunner {
            func run(_ command: Command) async throws -> CommandResult {
                throw HostError.timedOut(command: command.description, seconds: command.timeout, output: "")
            }
        }
        let target = try target(try Scratch(), Silent())
        let error = try await #require(throws: InstallError.self) { try await apply(target) }
        #expect(error.message.contains("add-on metrics-server 0.8.1"))
        #expect(error.message.contains("no answer within"))
    }

    @Test func anObjectThatIsGoneIsNamedWithItsAddOn() async throws {
        let scratch = try Scratch()
        let there = Applying([CommandResult(status: 0)])
        #expect(try await AddOnsStep().verify(try target(scratch, there)) == nil)
        let gone = Applying([CommandResult(status: 0), CommandResult(status: 1, standardError: "not found")])
        let problem = try await AddOnsStep().verify(try target(scratch, gone))
        #expect(problem?.contains("add-on app (\(Self.folder)/local/app.yaml)") == true)
    }

    @Test func aManifestThatAnotherBundleBringsIsAppliedAgain() async throws {
        let scratch = try Scratch()
        let target = try target(scratch, Applying([]))
        for content in ["one", "two"] {
            try scratch.write(content, to: "\(Self.folder)/local/app.yaml")
            #expect((try await AddOnsStep().verify(target) == nil) == (content == "one"))
            try await apply(target)
            #expect(try await AddOnsStep().verify(target) == nil)
        }
    }
}
