import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// How helm is called, with a stand-in for it.
struct ChartRendererTests {
    private let scratch: ScratchFolder
    private let chart: FilePath

    init() throws {
        scratch = try ScratchFolder()
        chart = scratch.file("chart")
        try StandInHelm.write(to: scratch.file("helm"))
        try FileSystem.makeDirectories(scratch.file("home"))
    }

    private func render(
        settings: [String: String] = [:], namespace: String = "hello",
        by runner: any ProcessRunner = SystemProcessRunner()
    ) async throws -> RenderedManifest {
        let values = scratch.file("values.yaml")
        try AtomicFile.write(Array("replicas: 2".utf8), to: values)
        return try await ChartRenderer(
            runner: runner, helm: scratch.file("helm"), home: scratch.file("home"),
            kubernetes: SemanticVersion(1, 33, 6)
        ).render(
            ChartRenderer.Input(
                name: "hello", namespace: namespace, chart: chart, values: [values], settings: settings))
    }

    @Test func helmIsCalledWithAllThatShapesTheManifestAndWithoutANetwork() async throws {
        try StandInHelm.writeChart("kind: ClusterRole\nmetadata:\n  name: a\n", at: chart)
        let manifest = try await render(settings: ["b": "2", "a": "1"])
        let said = manifest.text.split(separator: "\n").filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
        #expect(
            said == [
                "hello interfaces:0", "KUBECONFIG=/dev/null", "--namespace hello", "--kube-version v1.33.6",
                "--include-crds", "--skip-tests", "--values replicas: 2", "--set a=1", "--set b=2",
            ])
        #expect(manifest.notes == [])
    }

    /// Runs programs as an operator with settings of helm does.
    private struct SettledOperator: ProcessRunner {
        func run(_ command: Command) async throws -> CommandResult {
            var command = command
            for name in ["HELM_PLUGINS", "HELM_REPOSITORY_CONFIG", "HELM_NAMESPACE", "XDG_CONFIG_HOME", "KUBE_EDITOR"] {
                command.environment[name] = command.environment[name] ?? "/operator"
            }
            return try await SystemProcessRunner().run(command)
        }
    }

    @Test func nothingOfTheOperatorsSettingsIsInReach() async throws {
        try StandInHelm.writeChart("kind: ClusterRole\nmetadata:\n  name: a\n", at: chart)
        let manifest = try await render(by: SettledOperator())
        #expect(!manifest.text.contains("HELM_") && !manifest.text.contains("/operator"), "\(manifest.text)")
        #expect(manifest.text.contains("# KUBECONFIG=/dev/null\n"))
    }

    @Test func helmsOwnWordsAreShown() async throws {
        let words = "Error: chart requires kubeVersion: >=1.34 which is incompatible with Kubernetes v1.33.6"
        try StandInHelm.writeChart("", at: chart, files: ["refused": words])
        let error = try await #require(throws: BundleBuildError.self) { try await render() }
        #expect(error.message.contains("chart hello: helm ended with status 1, expected 0:\n\(words)"))
        #expect(error.category == .invalidInput)
    }

    @Test func aChartThatRendersOtherwiseEachTimeIsNoted() async throws {
        try StandInHelm.writeChart("kind: Role\nmetadata:\n  name: a\n", at: chart, files: ["random": ""])
        let notes = try await render().notes
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("chart hello renders to something else each time") == true)
    }

    @Test(arguments: ["", "Hello", "a_b", "-a", "a-", "a\nb: c", "../a", String(repeating: "a", count: 64)])
    func aNamespaceThatIsNoNameIsRefused(_ namespace: String) async throws {
        try StandInHelm.writeChart("", at: chart)
        await #expect(throws: BundleBuildError.self) { try await render(namespace: namespace) }
    }
}
