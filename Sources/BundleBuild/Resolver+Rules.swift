import BundleModel

extension Resolver {
    /// Refuses, or notes what was allowed.
    func check(
        _ broken: BundleBuildError?, _ request: BuildRequest, _ notes: inout [String]
    ) throws(BundleBuildError) {
        guard let broken else { return }
        guard request.allowUntested, case .incompatible(let rule, let reason, _) = broken, rule.canBeAllowed else {
            throw broken
        }
        notes.append("allowed although untested: rule \(rule.rawValue): \(reason)")
    }

    func containerdRule(_ version: SemanticVersion, _ line: KubernetesLine) -> BundleBuildError? {
        let minimum = line.containerdMinimums.first { $0.minorName == version.minorName }
        if let minimum, version >= minimum { return nil }
        // A containerd line that came after the table's last row is not known to be wrong, nor known to be right.
        let list = line.containerdMinimums.map { "\($0) or a later patch" }.joined(separator: ", ")
        return .incompatible(
            rule: .containerdMinimum,
            reason: "Kubernetes \(line.line) is supported on containerd \(list); \(version) was asked for",
            source: matrix.source(line.sources, preferring: "CD"))
    }

    func crictlRule(_ version: SemanticVersion, _ line: KubernetesLine) -> BundleBuildError? {
        guard let kubernetes = try? SemanticVersion("\(line.line).0") else { return nil }
        if version.major == kubernetes.major, (kubernetes.minor - 1...kubernetes.minor).contains(version.minor) {
            return nil
        }
        return .incompatible(
            rule: .crictlMinor,
            reason:
                "Kubernetes \(line.line) goes with crictl \(line.line) or the minor before; \(version) was asked for",
            source: "kubernetes-sigs/cri-tools README")
    }

    func calicoRule(_ version: SemanticVersion, _ calico: CalicoLine, _ line: KubernetesLine) -> BundleBuildError? {
        if calico.testedKubernetes.contains(line.line) { return nil }
        return .incompatible(
            rule: .calicoTested,
            reason: "Calico \(version) is tested with Kubernetes \(calico.testedKubernetes.joined(separator: ", ")); "
                + "\(line.line) was asked for",
            source: matrix.source(calico.sources, preferring: "TD"))
    }

    /// The pod network, and the images that its manifest is expected to name.
    func resolveNetwork(
        _ request: BuildRequest, _ line: KubernetesLine, _ notes: inout [String]
    ) throws -> (cni: CNI, images: [ImageReference]) {
        switch request.cni {
        case .bridge: return (CNI(kind: .bridge), [])
        case .none: return (CNI(kind: .none), [])
        case .calico(let asked):
            guard let version = asked ?? matrix.newestCalico(testedWith: line.line) else {
                throw BundleBuildError.incompatible(
                    rule: .calicoTested, reason: "no known Calico is tested with Kubernetes \(line.line)",
                    source: matrix.sources["TD"] ?? "TD")
            }
            let (calico, release) = try matrix.calico(version)
            try check(calicoRule(version, calico, line), request, &notes)
            return (
                CNI(kind: .calico, version: version, manifests: ["/\(ArtifactCatalog.calicoManifest)"]),
                try release.images()
            )
        }
    }
}
