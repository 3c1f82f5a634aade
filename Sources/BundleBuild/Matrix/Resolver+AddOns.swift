import BundleModel

extension Resolver {
    /// One add-on, or a network that comes as one.
    ///
    /// - Parameter isToolOnly: it is brought to make the bundle, where no cluster can disagree with it.
    func planned(
        _ choice: AddOnChoice, _ definition: AddOnDefinition, _ line: KubernetesLine, _ request: BuildRequest,
        _ notes: inout [String], isToolOnly: Bool = false
    ) throws(BundleBuildError) -> PlannedAddOn {
        let row = try definition.row(choice.version, testedWith: line.line)
        if !isToolOnly { try check(addOnRule(row, definition, line), request, &notes) }
        notes += definition.notes.map { "\(definition.name): \($0)" }
        let isRendered = !definition.manifests.isEmpty || !definition.charts.isEmpty
        if isRendered, row.expectedImages.isEmpty {
            notes.append("\(definition.name): 'make' learns its images from what it fetches")
        }
        if !definition.unverified.isEmpty {
            notes.append("\(definition.name), not verified: \(definition.unverified.joined(separator: "; "))")
        }
        return PlannedAddOn(
            name: definition.name, version: row.version, license: definition.license,
            artifacts: definition.definitions.map { artifact in
                PlannedArtifact(
                    artifact, version: row.artifactVersions?[artifact.name] ?? row.version,
                    architecture: request.architecture)
            },
            manifests: definition.manifests,
            charts: definition.charts.map { chart in
                PlannedChart(
                    name: chart.release, namespace: chart.namespace, artifact: chart.artifact,
                    settings: chart.settings)
            },
            images: row.images, expectedImages: row.expectedImages)
    }

    func addOnRule(
        _ row: AddOnDefinition.VersionRow, _ definition: AddOnDefinition, _ line: KubernetesLine
    ) -> BundleBuildError? {
        if row.isTested(with: line.line) { return nil }
        return .incompatible(
            rule: .addOnTested,
            reason: "\(definition.name) \(row.version) is tested with Kubernetes "
                + "\((row.kubernetes ?? []).joined(separator: ", ")); \(line.line) was asked for",
            source: definition.sources.map { matrix.addOns.sources[$0] ?? $0 }.joined(separator: "; "))
    }

    /// The add-ons in the order asked for, each once, helm first where a chart has to be rendered.
    func resolveAddOns(
        _ request: BuildRequest, _ line: KubernetesLine, network: PlannedAddOn?, _ notes: inout [String]
    ) throws(BundleBuildError) -> [PlannedAddOn] {
        var planned: [PlannedAddOn] = []
        for choice in request.addOns {
            let definition = try matrix.addOns.addOn(named: choice.name)
            guard !definition.isNetwork else {
                throw .badOption(
                    "--addon", value: choice.description, expected: "--cni \(choice.name), for it is a network")
            }
            guard !planned.contains(where: { $0.name == definition.name }) else {
                throw .badOption("--addon", value: choice.description, expected: "each add-on once")
            }
            planned.append(try self.planned(choice, definition, line, request, &notes))
        }
        let charts = request.charts + (network?.charts ?? []) + planned.flatMap(\.charts)
        if !charts.isEmpty, !planned.contains(where: { $0.name == AddOnCatalog.helm }) {
            let definition = try matrix.addOns.addOn(named: AddOnCatalog.helm)
            let choice = AddOnChoice(name: definition.name)
            let helm = try self.planned(choice, definition, line, request, &notes, isToolOnly: true)
            notes.append("helm \(helm.version) was added: it renders \(charts.map(\.name).joined(separator: ", "))")
            planned.insert(helm, at: 0)
        }
        return planned
    }

    /// What the node applies, in order: add-ons, the operator's own charts, the operator's own manifests.
    static func applied(_ planned: [PlannedAddOn], _ request: BuildRequest) -> [AddOn]? {
        let addOns = planned.map { AddOn(name: $0.name, version: $0.version, manifests: $0.manifestTargets) }
        let charts = request.charts.map { chart in
            AddOn(name: chart.name, version: AddOn.localVersion, manifests: ["/\(chart.target)"])
        }
        let manifests = request.manifests.filter(\.apply).map { manifest in
            AddOn(name: manifest.name, version: AddOn.localVersion, manifests: ["/\(manifest.target)"])
        }
        let all = addOns + charts + manifests
        return all.isEmpty ? nil : all
    }

    /// Files are told apart on the node by these names.
    static func checkNames(_ request: BuildRequest, _ planned: [PlannedAddOn], network: PlannedAddOn?) throws {
        var seen: Set<String> = []
        let bundled = (network.map { [$0] } ?? []) + planned
        for chart in bundled.flatMap(\.charts) + request.charts {
            guard seen.insert(chart.name).inserted else {
                throw BundleBuildError.badOption("chart", value: chart.name, expected: "a name that no other chart has")
            }
        }
        seen = []
        for manifest in request.manifests where !seen.insert(manifest.name).inserted {
            throw BundleBuildError.badOption(
                "manifest", value: manifest.path, expected: "a file name that no other manifest has")
        }
    }
}

extension PlannedAddOn {
    /// Absolute paths on the node of what is applied, in order.
    var manifestTargets: [String] {
        let files = manifests.map { "/\(ArtifactCatalog.manifestFolder)/\($0).yaml" }
        return files + charts.map { "/\($0.target)" }
    }
}
