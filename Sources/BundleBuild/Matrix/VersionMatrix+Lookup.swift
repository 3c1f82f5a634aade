public import BundleModel

extension VersionMatrix {
    /// The row of a Kubernetes version and the images of its patch.
    ///
    /// - Throws: `BundleBuildError.unknownVersion` with the nearest known ones.
    public func kubernetes(
        _ version: SemanticVersion
    ) throws(BundleBuildError) -> (line: KubernetesLine, images: KubernetesLine.ImageRow) {
        guard let line = kubernetes.first(where: { $0.line == version.minorName }), version.prerelease.isEmpty,
            line.patches.contains(version.patch), let row = line.row(patch: version.patch)
        else { throw .unknownVersion("Kubernetes", version, nearest: nearest(version, in: kubernetesVersions)) }
        return (line, row)
    }

    public func containerd(_ version: SemanticVersion) throws(BundleBuildError) -> ContainerdLine {
        guard let line = containerd.first(where: { $0.line == version.minorName }), version.prerelease.isEmpty,
            (0...line.latestPatch).contains(version.patch)
        else { throw .unknownVersion("containerd", version, nearest: nearest(version, in: containerdVersions)) }
        return line
    }

    public func calico(
        _ version: SemanticVersion
    ) throws(BundleBuildError) -> (line: CalicoLine, release: CalicoLine.Release) {
        for line in calico {
            if let release = line.releases.first(where: { $0.version == version }) { return (line, release) }
        }
        throw .unknownVersion("Calico", version, nearest: nearest(version, in: calicoVersions))
    }

    /// How much of a release was ever run: no more than its least tried part.
    func status(of release: Release) throws -> TestStatus {
        let network: TestStatus =
            switch release.cni.kind {
            case .bridge: .runHere
            case .none: .goldenOnly
            case .cilium, .flannel: try addOns.addOn(named: release.cni.kind.rawValue).status
            case .calico: try release.cni.version.map { try calico($0).line.status } ?? .publishedOnly
            }
        let brought = (release.addOns ?? []).filter { $0.version != AddOn.localVersion }
        var parts = [
            try kubernetes(release.kubernetes).line.status,
            try containerd(release.containerd).status(of: release.containerd), network,
        ]
        for addOn in brought { parts.append(try addOns.addOn(named: addOn.name).status) }
        return .weakest(parts)
    }

    /// The newest Calico whose line is tested with a Kubernetes line.
    public func newestCalico(testedWith kubernetesLine: String) -> SemanticVersion? {
        calico.filter { $0.testedKubernetes.contains(kubernetesLine) }.flatMap(\.releases).map(\.version).max()
    }

    public func requireKnown(
        _ component: String, _ version: SemanticVersion, in known: [SemanticVersion]
    ) throws(BundleBuildError) {
        guard known.contains(version) else {
            throw .unknownVersion(component, version, nearest: nearest(version, in: known))
        }
    }

    public var kubernetesVersions: [SemanticVersion] {
        kubernetes.flatMap { line in versions(line.line, patches: line.patches) }
    }

    public var containerdVersions: [SemanticVersion] {
        containerd.flatMap { line in versions(line.line, patches: 0...line.latestPatch) }
    }

    public var calicoVersions: [SemanticVersion] { calico.flatMap(\.releases).map(\.version) }

    /// The one document that a rule was read from.
    ///
    /// - Parameters:
    ///   - names: a row's sources, by their short names.
    ///   - preferred: the one to name where the row has it.
    func source(_ names: [String], preferring preferred: String) -> String {
        let name = names.contains(preferred) ? preferred : names.first ?? preferred
        return sources[name] ?? name
    }

    private func versions(_ line: String, patches: ClosedRange<Int>) -> [SemanticVersion] {
        patches.compactMap { try? SemanticVersion("\(line).\($0)") }
    }

    /// Up to three known versions: of its own line where that is known, else the newest of each line around it.
    func nearest(_ version: SemanticVersion, in known: [SemanticVersion]) -> [SemanticVersion] {
        let sorted = known.sorted()
        let same = sorted.filter { $0.minorName == version.minorName }
        let newest = Dictionary(grouping: sorted, by: \.minorName).compactMap { $0.value.last }.sorted()
        let choice = same.isEmpty ? newest : same
        let above = choice.filter { $0 > version }
        let below = choice.filter { $0 < version }.suffix(max(2, 3 - above.count))
        return Array(below) + above.prefix(3 - below.count)
    }
}
