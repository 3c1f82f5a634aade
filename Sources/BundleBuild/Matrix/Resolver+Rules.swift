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

    /// The pod network, and what it is made of where it comes as manifests.
    func resolveNetwork(
        _ request: BuildRequest, _ line: KubernetesLine, _ notes: inout [String]
    ) throws -> (cni: CNI, planned: PlannedAddOn?) {
        switch request.cni {
        case .bridge: return (CNI(kind: .bridge), nil)
        case .none: return (CNI(kind: .none), nil)
        case .calico(let selector):
            let planned = try calico(selector, line, request, &notes)
            let version = try SemanticVersion(planned.version)
            return (CNI(kind: .calico, version: version, manifests: planned.manifestTargets), planned)
        case .addOn(let choice):
            let definition = try matrix.addOns.addOn(named: choice.name)
            guard definition.isNetwork, let kind = CNI.Kind(rawValue: choice.name) else {
                throw BundleBuildError.badOption("--cni", value: choice.description, expected: "a network")
            }
            let planned = try self.planned(choice, definition, line, request, &notes)
            let version = try SemanticVersion(planned.version)
            return (CNI(kind: kind, version: version, manifests: planned.manifestTargets), planned)
        }
    }

    /// Calico has rows of its own in the matrix.
    private func calico(
        _ selector: VersionSelector?, _ line: KubernetesLine, _ request: BuildRequest, _ notes: inout [String]
    ) throws -> PlannedAddOn {
        let known = matrix.calicoVersions
        let version =
            switch selector {
            case .exact, .line: try matrix.version(selected: selector ?? .stable, of: "Calico", in: known)
            case .stable, nil:
                try matrix.newestCalico(testedWith: line.line)
                    ?? matrix.version(selected: .stable, of: "Calico", in: known)
            }
        let (calico, release) = try matrix.calico(version)
        try check(calicoRule(version, calico, line), request, &notes)
        let artifact = PlannedArtifact(
            ArtifactCatalog.calico, version: version, architecture: request.architecture)
        return PlannedAddOn(
            name: artifact.name, version: artifact.version, license: artifact.license, artifacts: [artifact],
            manifests: [artifact.name], expectedImages: try release.images())
    }
}
