public import BundleModel

/// From a wish to a plan, by the matrix alone. Pure.
public struct Resolver: Sendable {
    public let matrix: VersionMatrix

    public init(matrix: VersionMatrix) {
        self.matrix = matrix
    }

    /// - Throws: `BundleBuildError.unknownVersion`, `.incompatible`, `.badOption`, `.unknownAddOn`,
    ///   `.unknownAddOnVersion`, `.unknownSelection`.
    public func resolve(_ request: BuildRequest) throws -> BuildPlan {
        let (line, row) = try matrix.kubernetes(request.kubernetes)
        var notes: [String] = []
        let containerd = request.containerd ?? line.containerd
        let containerdLine = try matrix.containerd(containerd)
        try check(containerdRule(containerd, line), request, &notes)
        let runc = try resolveRunc(request, containerd, containerdLine, &notes)
        let cniPlugins = request.cniPlugins ?? line.cniPlugins
        try matrix.requireKnown("CNI plugins", cniPlugins, in: matrix.cniPlugins)
        let crictl = request.crictl ?? line.crictl
        try matrix.requireKnown("crictl", crictl, in: matrix.crictl)
        try check(crictlRule(crictl, line), request, &notes)
        for release in request.osReleases where OSRelease.find(release) == nil {
            throw BundleBuildError.incompatible(
                rule: .operatingSystem,
                reason: "no packages are resolved for \(release), only for "
                    + OSRelease.all.map(\.id).joined(separator: ", "),
                source: "bundle-spec/README.md")
        }
        let network = try resolveNetwork(request, line, &notes)
        let addOns = try resolveAddOns(request, line, network: network.planned, &notes)
        try Self.checkNames(request, addOns, network: network.planned)

        if !line.unverified.isEmpty {
            notes.append("Kubernetes \(line.line), not verified: \(line.unverified.joined(separator: "; "))")
        }
        if line.cgroupV1 == .refused { notes.append("Kubernetes \(line.line) does not start on cgroup v1 hosts") }

        let controlPlane = try row.references(kubernetes: request.kubernetes)
        let release = Release(
            kubernetes: request.kubernetes, containerd: containerd, runc: runc, cniPlugins: cniPlugins,
            crictl: crictl, kubeadmAPI: line.kubeadmAPI, imageRepository: row.repository,
            controlPlaneImages: controlPlane, sandboxImage: try ImageReference("\(row.repository)/pause:\(row.pause)"),
            cni: network.cni, addOns: Self.applied(addOns, request))
        let brought = (network.planned.map { [$0] } ?? []) + addOns
        let matrixImages = controlPlane + brought.flatMap { $0.images + $0.expectedImages }
        // Guesses may turn out wrong, and go then: what was asked for stays.
        let certain = (row.unverified == true ? [] : controlPlane) + brought.flatMap(\.images)
        for image in request.originalLayers where !(matrixImages + request.extraImages).contains(image) {
            notes.append("--original-layers \(image): not among the images of this plan")
        }
        return BuildPlan(
            architecture: request.architecture, release: release,
            status: try matrix.status(of: release),
            imagesVerified: row.unverified != true,
            artifacts: artifacts(of: release, architecture: request.architecture) + brought.flatMap(\.artifacts),
            images: Self.images(matrixImages, extra: request.extraImages),
            extraImages: request.extraImages.filter { !certain.contains($0) },
            originalLayers: request.originalLayers, imageLicense: matrix.imageLicense,
            network: network.planned, addOns: addOns, charts: request.charts, manifests: request.manifests,
            osReleases: request.osReleases.sorted(), notes: notes)
    }

    /// Each reference once, with the nodes that load it. Extra images go to all.
    public static func images(_ known: [ImageReference], extra: [ImageReference]) -> [PlannedImage] {
        var seen: Set<ImageReference> = []
        let planned = known.map { PlannedImage(reference: $0, roles: PlannedImage.roles(of: $0)) }
        let others = extra.map { PlannedImage(reference: $0, roles: NodeRole.allCases) }
        return (planned + others).filter { seen.insert($0.reference).inserted }
    }

    private func artifacts(of release: Release, architecture: CPUArchitecture) -> [PlannedArtifact] {
        let wanted: [(ArtifactDefinition, SemanticVersion)] =
            ArtifactCatalog.kubernetes.map { ($0, release.kubernetes) }
            + [
                (ArtifactCatalog.containerd, release.containerd), (ArtifactCatalog.runc, release.runc),
                (ArtifactCatalog.cniPlugins, release.cniPlugins), (ArtifactCatalog.crictl, release.crictl),
            ]
        return wanted.map { PlannedArtifact($0, version: $1, architecture: architecture) }
    }

    private func resolveRunc(
        _ request: BuildRequest, _ containerd: SemanticVersion, _ line: ContainerdLine, _ notes: inout [String]
    ) throws(BundleBuildError) -> SemanticVersion {
        guard let recommended = line.recommendedRunc(patch: containerd.patch) else {
            throw .missing("a runc for containerd \(containerd)", lookedIn: "the version matrix")
        }
        guard let asked = request.runc else { return recommended }
        try matrix.requireKnown("runc", asked, in: matrix.runc)
        if asked != recommended {
            notes.append("containerd \(containerd) was released with runc \(recommended), not \(asked)")
        }
        return asked
    }
}
