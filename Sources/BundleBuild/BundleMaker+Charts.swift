import Archive
import BundleModel
import Fetch
import Host
import Signing
import SystemPackage

extension BundleMaker {
    private var localFiles: LocalFiles { LocalFiles(cache: artifacts.keptContent) }

    /// A manifest of the operator's own.
    func localManifest(
        _ manifest: PlannedManifest
    ) async throws -> (entry: Artifact, definition: ArtifactDefinition, file: ObtainedArtifact) {
        let file = try await localFiles.obtain(manifest.path)
        let entry = Self.entry(Self.manifestPrefix + manifest.name, .manifest, file)
        return (entry, Self.definition(of: entry, manifest), file)
    }

    /// The same of a lock; nil for an entry that is no local manifest.
    func localManifest(
        of entry: Artifact
    ) async throws -> (entry: Artifact, definition: ArtifactDefinition, file: ObtainedArtifact)? {
        guard entry.kind == .manifest, entry.version == AddOn.localVersion, entry.name.hasPrefix(Self.manifestPrefix)
        else { return nil }
        let file = try await localFiles.obtain("manifest \(entry.source)", source: entry.source, pinned: entry.sha256)
        let manifest = PlannedManifest(name: String(entry.name.dropFirst(Self.manifestPrefix.count)), path: "")
        return (entry, Self.definition(of: entry, manifest), file)
    }

    private static let manifestPrefix = "manifest-"
    private static let chartPrefix = "chart-"

    private static func entry(_ name: String, _ kind: Artifact.Kind, _ file: ObtainedArtifact) -> Artifact {
        Artifact(
            name: name, kind: kind, version: AddOn.localVersion, source: file.source, license: SBOM.unknownLicense,
            size: file.size, sha256: file.sha256, proof: file.proof)
    }

    private static func definition(of entry: Artifact, _ manifest: PlannedManifest) -> ArtifactDefinition {
        ArtifactDefinition(
            name: entry.name, kind: entry.kind, source: "", path: "", checksum: nil, license: entry.license,
            placement: .file(manifest.target, mode: 0o644))
    }

    /// Renders a plan's charts.
    ///
    /// - Parameter obtained: the plan's artifacts by name, charts and helm among them.
    func render(
        _ plan: BuildPlan, _ obtained: [String: ObtainedArtifact], workspace: Workspace,
        content: inout GatheredContent
    ) async throws {
        let charts = plan.allCharts
        guard let first = charts.first else { return }
        guard let helm = plan.artifact(named: AddOnCatalog.helm) else {
            throw BundleBuildError.missing("helm, which renders chart \(first.name),", lookedIn: "this bundle")
        }
        let program = plan.architecture == .host ? obtained[helm.name] : nil
        let renderer = try await self.renderer(helm.version, program, plan.release.kubernetes, workspace)
        for chart in charts {
            try Task.checkCancellation()
            let file: ObtainedArtifact
            var name = Self.chartPrefix + chart.name
            if let path = chart.path {
                file = try await localFiles.chart(path)
                content.charts.append(Self.entry(name, .chart, file))
            } else if let artifact = chart.artifact, let known = obtained[artifact] {
                file = known
                name = artifact
            } else {
                throw BundleBuildError.missing("chart \(chart.name)", lookedIn: "the plan")
            }
            var values: [ObtainedArtifact] = []
            for path in chart.values { values.append(try await localFiles.obtain(path)) }
            let manifest = try await renderer.render(
                ChartRenderer.Input(
                    name: chart.name, namespace: chart.namespace, chart: file.path, values: values.map(\.path),
                    settings: chart.settings))
            for note in manifest.notes where !content.notes.contains(note) { content.notes.append(note) }
            let rendered = try await keep(manifest, of: chart.name, workspace)
            let entry = LockedChart(
                name: chart.name, namespace: chart.namespace, artifact: name,
                values: values.map { LockedChart.Values(source: $0.source, sha256: $0.sha256) },
                settings: chart.settings, helm: helm.version, path: chart.target, size: rendered.size,
                sha256: rendered.sha256)
            content.rendered.append((entry, rendered))
        }
    }

    /// The manifests of a lock's charts: from the cache, else rendered again; then they have to come out the same.
    func render(_ lock: BundleLock, workspace: Workspace, content: inout GatheredContent) async throws {
        var program: ChartRenderer?
        for entry in lock.lock.charts ?? [] {
            if let kept = try await localFiles.kept(entry.sha256, source: entry.path) {
                content.rendered.append((entry, kept))
                continue
            }
            guard let chart = content.charts.first(where: { $0.name == entry.artifact }) else {
                throw BundleBuildError.missing("chart \(entry.artifact)", lookedIn: "the lock")
            }
            let renderer: ChartRenderer
            if let program {
                renderer = program
            } else {
                let helm = content.artifacts.first { $0.entry.name == AddOnCatalog.helm }?.file
                renderer = try await self.renderer(
                    entry.helm, lock.architecture == .host ? helm : nil, lock.release.kubernetes, workspace)
                program = renderer
            }
            var values: [FilePath] = []
            for file in entry.values {
                values.append(
                    try await localFiles.obtain(
                        "values of chart \(entry.name)", source: file.source, pinned: file.sha256
                    ).path)
            }
            let manifest = try await renderer.render(
                ChartRenderer.Input(
                    name: entry.name, namespace: entry.namespace,
                    chart: try await self.chart(chart, lock.architecture).path,
                    values: values, settings: entry.settings))
            let rendered = try await keep(manifest, of: entry.name, workspace)
            guard rendered.sha256 == entry.sha256 else {
                throw BundleBuildError.wrongChecksum(
                    "chart \(entry.name), rendered by helm \(entry.helm)", expected: entry.sha256,
                    actual: rendered.sha256)
            }
            content.rendered.append((entry, rendered))
        }
    }

    /// A chart of a lock.
    private func chart(_ entry: Artifact, _ architecture: CPUArchitecture) async throws -> ObtainedArtifact {
        guard entry.version == AddOn.localVersion else {
            return try await artifacts.obtain(
                PlannedArtifact(
                    try ArtifactCatalog.required(entry.name), version: entry.version, architecture: architecture),
                pinned: entry.sha256, progress: progress)
        }
        if let kept = try await localFiles.kept(entry.sha256, source: entry.source) { return kept }
        let path = String(entry.source.dropFirst("file:".count))
        let file = try await localFiles.chart(path)
        guard file.sha256 == entry.sha256 else {
            throw BundleBuildError.wrongChecksum("chart \(path)", expected: entry.sha256, actual: file.sha256)
        }
        return file
    }

    private func keep(
        _ manifest: RenderedManifest, of name: String, _ workspace: Workspace
    ) async throws -> ObtainedArtifact {
        let bytes = Array(manifest.text.utf8)
        let proof = UpstreamProof(kind: .local, source: "")
        if let cache = artifacts.keptContent {
            let kept = try await BlockingPool.shared.run { try cache.keep(bytes, proof: proof) }
            return ObtainedArtifact(
                path: kept.path, size: kept.size, sha256: kept.sha256, proof: proof, source: "chart \(name)")
        }
        let path = try workspace.folder("rendered").appending("\(name).yaml")
        try await BlockingPool.shared.run { try AtomicFile.write(bytes, to: path) }
        return ObtainedArtifact(
            path: path, size: UInt64(bytes.count), sha256: SHA256Hasher.hash(bytes), proof: proof,
            source: "chart \(name)")
    }

    /// - Parameter file: the archive of helm for this machine; nil: it is fetched, as the bundle's own is for another.
    private func renderer(
        _ version: String, _ file: ObtainedArtifact?, _ kubernetes: SemanticVersion, _ workspace: Workspace
    ) async throws -> ChartRenderer {
        let template = try ArtifactCatalog.required(AddOnCatalog.helm)
        let archive: ObtainedArtifact
        if let file {
            archive = file
        } else {
            archive = try await artifacts.obtain(
                PlannedArtifact(template, version: version, architecture: .host), pinned: nil, progress: progress)
        }
        let definition = template.filled(version: version, architecture: .host)
        let staging = try workspace.folder("helm")
        let program = try workspace.folder("run").appending("helm")
        try await BlockingPool.shared.run {
            let members = try NodeFiles(staging: staging).members(of: definition, artifact: archive)
            guard case .file(_, _, let source)? = members.first(where: { $0.path.hasSuffix("/helm") }) else {
                throw BundleBuildError.missing("the program helm", lookedIn: archive.source)
            }
            try FileCopy.copy(source, to: program, mode: 0o755)
        }
        return ChartRenderer(
            runner: runner, helm: program, home: try workspace.folder("home"), kubernetes: kubernetes)
    }
}
