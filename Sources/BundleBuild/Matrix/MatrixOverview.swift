import BundleModel

/// `matrix --format json`: what goes with what, and by which documents.
///
/// For each release line there is one row for the versions that are run here, one for the others; for each version of an
/// add-on there is one.
public struct MatrixOverview: Codable, Hashable, Sendable {
    public struct Row: Codable, Hashable, Sendable {
        public enum Component: String, Codable, Sendable {
            case kubernetes
            case containerd
            case calico
            /// What `--cni` names beside Calico.
            case network
            case addOn = "add-on"
        }

        public var component: Component
        /// `1.33`, or the name of a network or add-on.
        public var line: String
        /// Exactly these; empty for all from `first` to `latest` that no other row of the line names.
        public var versions: [String]
        public var first: String
        public var latest: String
        /// Of these versions.
        public var status: TestStatus
        public var goesWith: String
        /// Short names of `MatrixOverview.sources`: why.
        public var sources: [String]
        public var unverified: [String]

        /// `1.6.20`, or `1.6.0 to 1.6.39`.
        public var range: String {
            if !versions.isEmpty { return versions.joined(separator: ", ") }
            return first == latest ? first : "\(first) to \(latest)"
        }
    }

    public var schemaVersion = 1
    public var rows: [Row]
    /// The documents that the rows were read from, by the short names in them.
    public var sources: [String: String]

    /// - Parameter kubernetes: `1.33`: this line, and what goes with it. Nil: everything.
    public init(_ matrix: VersionMatrix, kubernetes line: String? = nil) {
        let lines = matrix.kubernetes.filter { line == nil || $0.line == line }
        var rows = lines.flatMap { Self.rows($0) }
        for containerd in matrix.containerd {
            guard line != nil else {
                rows += Self.rows(containerd, from: 0)
                continue
            }
            let minimum = lines.flatMap(\.containerdMinimums).first { $0.minorName == containerd.line }
            if let minimum { rows += Self.rows(containerd, from: minimum.patch) }
        }
        for calico in matrix.calico where line.map({ calico.testedKubernetes.contains($0) }) ?? true {
            rows += Self.rows(calico)
        }
        for addOn in matrix.addOns.addOns {
            for version in addOn.versions where line.map({ version.isTested(with: $0) }) ?? true {
                rows.append(Self.row(addOn, version))
            }
        }
        let used = Set(rows.flatMap(\.sources))
        let documents = matrix.sources.merging(matrix.addOns.sources) { first, _ in first }
        self.rows = rows
        sources = documents.filter { used.contains($0.key) }
    }

    private static func rows(_ line: KubernetesLine) -> [Row] {
        let minimums = line.containerdMinimums.map { "\($0)+" }.joined(separator: " ")
        let goesWith =
            "containerd \(minimums), default \(line.containerd), crictl \(line.crictl), "
            + "CNI plugins \(line.cniPlugins), kubeadm \(line.kubeadmAPI.rawValue)"
        return [
            Row(
                component: .kubernetes, line: line.line, versions: [], first: "\(line.line).\(line.firstPatch)",
                latest: "\(line.line).\(line.latestPatch)", status: line.status, goesWith: goesWith,
                sources: line.sources, unverified: line.unverified)
        ]
    }

    /// - Parameter minimum: the lowest patch to show.
    private static func rows(_ line: ContainerdLine, from minimum: Int) -> [Row] {
        let all = (minimum...max(minimum, line.latestPatch)).compactMap { try? SemanticVersion("\(line.line).\($0)") }
        func row(_ versions: [SemanticVersion], _ first: SemanticVersion, _ latest: SemanticVersion) -> Row {
            let runc = line.recommendedRunc(patch: latest.patch)?.description ?? "?"
            return Row(
                component: .containerd, line: line.line, versions: versions.map(\.description),
                first: first.description, latest: latest.description, status: line.status(of: latest),
                goesWith: "runc \(runc), config version \(line.configVersion), supported until \(line.supportedUntil)",
                sources: line.sources, unverified: line.unverified)
        }
        // Each run patch by itself: it has a runc of its own.
        let run = all.filter { line.runHere.contains($0) }
        let others = all.filter { !line.runHere.contains($0) }
        let rest = others.last.map { [row([], others.first ?? $0, $0)] } ?? []
        return run.map { row([$0], $0, $0) } + rest
    }

    private static func rows(_ line: CalicoLine) -> [Row] {
        let versions = line.releases.map(\.version)
        guard let first = versions.min(), let latest = versions.max() else { return [] }
        return [
            Row(
                component: .calico, line: line.line, versions: [], first: first.description,
                latest: latest.description, status: line.status,
                goesWith: "Kubernetes \(line.testedKubernetes.joined(separator: " "))", sources: line.sources,
                unverified: line.unverified)
        ]
    }

    private static func row(_ addOn: AddOnDefinition, _ version: AddOnDefinition.VersionRow) -> Row {
        let lines = version.kubernetes.map { "Kubernetes \($0.joined(separator: " "))" }
        return Row(
            component: addOn.isNetwork ? .network : .addOn, line: addOn.name, versions: [version.version],
            first: version.version, latest: version.version, status: addOn.status,
            goesWith: lines ?? "any Kubernetes", sources: addOn.sources, unverified: addOn.unverified)
    }
}
