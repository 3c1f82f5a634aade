public import BundleModel

extension VersionMatrix {
    /// `stable` is the newest line with a second patch release, unless nothing but its publication is known: a line
    /// that was just announced is none yet.
    ///
    /// - Throws: `BundleBuildError.unknownSelection`.
    public func kubernetes(selected selector: VersionSelector) throws(BundleBuildError) -> SemanticVersion {
        switch selector {
        case .exact(let version): return version
        case .line(let line): return try newest(of: line, in: kubernetesVersions, "Kubernetes")
        case .stable:
            let lines = kubernetes.filter { $0.status != .publishedOnly && $0.latestPatch >= 2 }.map(\.line)
            guard let newest = kubernetesVersions.filter({ lines.contains($0.minorName) }).max() else {
                throw .unknownSelection("Kubernetes", "stable", known: kubernetes.map(\.line))
            }
            return newest
        }
    }

    /// `stable` is the newest patch of the newest containerd line that the Kubernetes line supports.
    ///
    /// - Throws: `BundleBuildError.unknownSelection`, `.unknownVersion` of Kubernetes.
    public func containerd(
        selected selector: VersionSelector, kubernetes version: SemanticVersion
    ) throws(BundleBuildError) -> SemanticVersion {
        switch selector {
        case .exact(let version): return version
        case .line(let line): return try newest(of: line, in: containerdVersions, "containerd")
        case .stable:
            let lines = try kubernetes(version).line.containerdMinimums.map(\.minorName)
            guard let newest = containerdVersions.filter({ lines.contains($0.minorName) }).max() else {
                throw .unknownSelection("containerd", "stable", known: lines)
            }
            return newest
        }
    }

    /// For components of which the matrix has a plain list: `stable` is the newest.
    ///
    /// - Throws: `BundleBuildError.unknownSelection`.
    public func version(
        selected selector: VersionSelector, of component: String, in known: [SemanticVersion]
    ) throws(BundleBuildError) -> SemanticVersion {
        switch selector {
        case .exact(let version): return version
        case .line(let line): return try newest(of: line, in: known, component)
        case .stable:
            guard let newest = known.filter({ $0.prerelease.isEmpty }).max() else {
                throw .unknownSelection(component, "stable", known: [])
            }
            return newest
        }
    }

    private func newest(
        of line: String, in known: [SemanticVersion], _ component: String
    ) throws(BundleBuildError) -> SemanticVersion {
        guard let newest = known.filter({ $0.minorName == line }).max() else {
            let lines = Dictionary(grouping: known, by: \.minorName).compactMap { $0.value.max() }.sorted()
            throw .unknownSelection(component, line, known: lines.map(\.minorName))
        }
        return newest
    }
}
