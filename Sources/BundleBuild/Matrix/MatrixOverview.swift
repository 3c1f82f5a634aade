public import BundleModel

/// `matrix --format json`: for each release line one row for the versions that are run here, one for the others.
public struct MatrixOverview: Codable, Hashable, Sendable {
    public struct Row: Codable, Hashable, Sendable {
        /// `kubernetes`, `containerd`, `calico`
        public var component: String
        public var line: String
        /// Exactly these; empty for all from `first` to `latest` that no other row of the line names.
        public var versions: [SemanticVersion]
        public var first: SemanticVersion
        public var latest: SemanticVersion
        /// Of these versions.
        public var status: TestStatus
        public var goesWith: String
        public var unverified: [String]

        /// `1.6.20`, or `1.6.0 to 1.6.39`.
        public var range: String {
            if !versions.isEmpty { return versions.map(\.description).joined(separator: ", ") }
            return first == latest ? first.description : "\(first) to \(latest)"
        }
    }

    public var schemaVersion = 1
    public var rows: [Row]

    public init(_ matrix: VersionMatrix) {
        rows =
            matrix.kubernetes.flatMap(Self.rows) + matrix.containerd.flatMap(Self.rows)
            + matrix.calico.flatMap(Self.rows)
    }

    private static func rows(_ line: KubernetesLine) -> [Row] {
        let minimums = line.containerdMinimums.map { "\($0)+" }.joined(separator: " ")
        let goesWith = "containerd \(minimums), kubeadm \(line.kubeadmAPI.rawValue)"
        guard let first = version(line.line, line.firstPatch), let latest = version(line.line, line.latestPatch) else {
            return []
        }
        return [
            Row(
                component: "kubernetes", line: line.line, versions: [], first: first, latest: latest,
                status: line.status, goesWith: goesWith, unverified: line.unverified)
        ]
    }

    private static func rows(_ line: ContainerdLine) -> [Row] {
        let all = (0...line.latestPatch).compactMap { version(line.line, $0) }
        func row(_ versions: [SemanticVersion], _ first: SemanticVersion, _ latest: SemanticVersion) -> Row {
            let runc = line.recommendedRunc(patch: latest.patch)?.description ?? "?"
            return Row(
                component: "containerd", line: line.line, versions: versions, first: first, latest: latest,
                status: line.status(of: latest),
                goesWith: "runc \(runc), config version \(line.configVersion), supported until \(line.supportedUntil)",
                unverified: line.unverified)
        }
        // Each run patch by itself: it has a runc of its own.
        let others = all.filter { !line.runHere.contains($0) }
        let rest = others.last.map { [row([], others.first ?? $0, $0)] } ?? []
        return line.runHere.map { row([$0], $0, $0) } + rest
    }

    private static func rows(_ line: CalicoLine) -> [Row] {
        let versions = line.releases.map(\.version)
        guard let first = versions.min(), let latest = versions.max() else { return [] }
        return [
            Row(
                component: "calico", line: line.line, versions: [], first: first, latest: latest, status: line.status,
                goesWith: "Kubernetes \(line.testedKubernetes.joined(separator: " "))", unverified: line.unverified)
        ]
    }

    private static func version(_ line: String, _ patch: Int) -> SemanticVersion? {
        try? SemanticVersion("\(line).\(patch)")
    }
}
