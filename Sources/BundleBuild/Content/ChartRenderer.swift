import BundleModel
import Host
import SystemPackage

/// Renders charts with the bundle's helm, with no network and none of the operator's own settings of helm in reach.
struct ChartRenderer: Sendable {
    let runner: any ProcessRunner
    /// An executable file for this machine's architecture.
    let helm: FilePath
    /// Its home, where it may keep what it likes; nothing of it is used.
    let home: FilePath
    let kubernetes: SemanticVersion

    /// A chart with its files at hand.
    struct Input: Sendable {
        var name: String
        var namespace: String
        /// Packed, or a folder.
        var chart: FilePath
        var values: [FilePath]
        var settings: [String: String]
    }

    /// - Returns: the manifest, and what a person should know about it.
    /// - Throws: `BundleBuildError.badChart` with helm's own words, `HostError`.
    func render(_ input: Input) async throws -> RenderedManifest {
        // Both stand in the manifest, and the name in a path.
        _ = try PlannedChart.checked(input.name, atMost: 53)
        _ = try PlannedChart.checked(input.namespace, atMost: 63)
        let isolation = try await NetworkIsolation(runner)
        let first = try await template(input, isolation)
        let manifest = try RenderedManifest(
            first, namespace: input.namespace, name: input.name, notes: isolation.note(on: "helm").map { [$0] } ?? [])
        guard try await template(input, isolation) != first else { return manifest }
        // Passwords and certificates that the chart makes up: every cluster of this bundle would have the same.
        let note =
            "chart \(input.name) renders to something else each time, by chance or by the clock: "
            + "a lock keeps this one only as long as the cache has it"
        return RenderedManifest(text: manifest.text, notes: manifest.notes + [note])
    }

    private func template(_ input: Input, _ isolation: NetworkIsolation) async throws -> String {
        var arguments = [
            helm.string, "template", input.name, input.chart.string, "--namespace", input.namespace,
            "--kube-version", kubernetes.tag, "--include-crds", "--skip-tests",
        ]
        for file in input.values { arguments += ["--values", file.string] }
        for (path, value) in input.settings.sorted(by: { $0.key < $1.key }) {
            arguments += ["--set", "\(path)=\(value)"]
        }
        // Nothing of this environment: HELM_… alone would bring settings, plugins and repositories of its own.
        let clean =
            [
                "env", "-i", "HOME=\(home.string)", "KUBECONFIG=/dev/null", "LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC",
            ] + isolation.variables + [
                // env would take a path that has a '=' for a variable.
                "sh", "-c", "exec \"$0\" \"$@\"",
            ]
        let command = isolation.command(clean + arguments, timeout: 300, outputLimit: Self.outputLimit)
        let result = try await runner.run(command)
        guard result.status == 0 else {
            throw BundleBuildError.badChart(
                input.name, reason: "helm ended with status \(result.status), expected 0:\n\(result.ending)")
        }
        guard result.standardOutput.utf8.count < Self.outputLimit else {
            throw BundleBuildError.badChart(
                input.name, reason: "it renders to more than \(Self.outputLimit >> 20) MiB")
        }
        return result.standardOutput
    }

    private static let outputLimit = 64 << 20
}
