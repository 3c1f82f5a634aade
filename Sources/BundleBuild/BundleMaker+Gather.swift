import BundleModel
import Synchronization

extension BundleMaker {
    /// Fetches what a plan names: first what decides which images there are (kubeadm, manifests, charts), then all the
    /// rest at once.
    ///
    /// - Parameter listed: who asked for images by lists; the plan has these images.
    func gather(
        _ plan: BuildPlan, listed: [ImageMention], workspace: Workspace
    ) async throws -> GatheredContent {
        var content = GatheredContent(release: plan.release)
        let deciding = plan.artifacts.filter(plan.decidesImages)
        let obtained = try await fetchAll("gather what decides on images", deciding) { artifact in
            try await artifacts.obtain(artifact, pinned: nil, progress: progress)
        }
        let files = Dictionary(zip(deciding.map(\.name), obtained)) { first, _ in first }
        for (artifact, file) in zip(deciding, obtained) { try add(artifact, file, plan, to: &content) }
        for manifest in plan.manifests {
            let local = try await localManifest(manifest)
            content.artifacts.append(local)
        }
        try await render(plan, files, workspace: workspace, content: &content)

        let images = try await selectImages(plan, listed, kubeadm: files["kubeadm"], workspace, &content)
        for reference in plan.originalLayers where !images.contains(where: { $0.reference == reference }) {
            throw BundleBuildError.badOption(
                "--original-layers", value: reference.description, expected: "an image that the bundle has")
        }
        let pieces =
            plan.osReleases.map { Piece.packages($0) }
            + plan.artifacts.filter { !plan.decidesImages($0) }.map { Piece.artifact($0) }
            + images.map { Piece.image($0) }
        let fetched = try await fetchAll("gather", pieces) { try await fetch($0, plan.architecture) }
        var reasons: [ImageReference: String] = [:]
        for item in fetched {
            switch item {
            case .artifact(let artifact, let file): try add(artifact, file, plan, to: &content)
            case .image(let image, let obtained):
                let layers = plan.originalLayers.contains(image.reference) ? LockedImage.Layers.original : .unpacked
                content.images.append((Self.entry(obtained, layers: layers, roles: image.roles), obtained))
            case .missingImage(let reference, let reason): reasons[reference] = reason
            case .packages(let osRelease, let packages):
                content.packages += packages.map {
                    (osRelease: osRelease, entry: Self.entry($0, osRelease: osRelease), package: $0)
                }
            }
        }
        guard reasons.isEmpty else {
            throw BundleBuildError.incomplete(
                Completeness(mentions: content.mentions, release: content.release)
                    .unresolved(in: content.images.map(\.entry), reasons: reasons))
        }
        return content
    }

    /// Fetches pieces at the same time, and says how many of all are there: their bytes are known only on their way.
    func fetchAll<Piece: Sendable, Fetched: Sendable>(
        _ task: String, _ pieces: [Piece], _ fetch: @escaping @Sendable (Piece) async throws -> Fetched
    ) async throws -> [Fetched] {
        let total = UInt64(pieces.count)
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total, unit: .items))
        let count = Mutex(UInt64(0))
        let fetched = try await BoundedTasks.map(pieces, limit: concurrency) { piece in
            let fetched = try await fetch(piece)
            count.withLock { count in
                count += 1
                progress.report(ProgressEvent(kind: .advanced, task: task, done: count, total: total, unit: .items))
            }
            return fetched
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: total, total: total, unit: .items))
        return fetched
    }

    private enum Piece: Sendable {
        case artifact(PlannedArtifact)
        case image(PlannedImage)
        /// Of an operating system release.
        case packages(String)
    }

    private enum Fetched: Sendable {
        case artifact(PlannedArtifact, ObtainedArtifact)
        case image(PlannedImage, ObtainedImage)
        /// Its source does not have it, and says why.
        case missingImage(ImageReference, String)
        case packages(String, [ObtainedPackage])
    }

    private func fetch(_ piece: Piece, _ architecture: CPUArchitecture) async throws -> Fetched {
        switch piece {
        case .artifact(let artifact):
            return .artifact(artifact, try await artifacts.obtain(artifact, pinned: nil, progress: progress))
        case .packages(let osRelease):
            let wanted = OSRelease.find(osRelease)?.hostPackages ?? []
            let packages = try await packageProvider(osRelease).obtain(
                wanted, osRelease: osRelease, architecture: architecture, progress: progress)
            return .packages(osRelease, packages)
        case .image(let image):
            do {
                let obtained = try await images.obtain(
                    image.reference, pinned: nil, architecture: architecture, progress: progress)
                return .image(image, obtained)
            } catch let error as any Diagnostic where error.category == .missingArtifact {
                // The others go on: whoever mends a list wants to know all that it lacks.
                return .missingImage(image.reference, error.message)
            }
        }
    }

    func packageProvider(_ osRelease: String) throws -> any PackageProvider {
        guard let packages else {
            throw BundleBuildError.missing("host packages for \(osRelease)", lookedIn: "a folder of artifacts")
        }
        return packages
    }

    private func add(
        _ artifact: PlannedArtifact, _ file: ObtainedArtifact, _ plan: BuildPlan, to content: inout GatheredContent
    ) throws {
        let definition = try ArtifactCatalog.required(artifact.name)
        let entry = Artifact(
            name: artifact.name, kind: artifact.kind, version: artifact.version, source: file.source,
            license: artifact.license, size: file.size, sha256: file.sha256, proof: file.proof)
        if entry.kind == .chart {
            content.charts.append(entry)
        } else {
            content.artifacts.append(
                (entry, definition.filled(version: artifact.version, architecture: plan.architecture), file))
        }
    }

    private static func entry(
        _ image: ObtainedImage, layers: LockedImage.Layers, roles: [NodeRole]
    ) -> LockedImage {
        LockedImage(
            reference: image.reference, digest: image.target.digest, mediaType: image.target.mediaType,
            manifest: image.manifest, size: image.size, layers: layers, roles: roles, source: image.source,
            signatures: image.signatures)
    }

    private static func entry(_ package: ObtainedPackage, osRelease: String) -> Artifact {
        Artifact(
            name: package.name, kind: .deb, version: package.version, source: package.file.source,
            license: AptPackages.license, size: package.file.size, sha256: package.file.sha256,
            proof: package.file.proof, osRelease: osRelease)
    }
}

extension BuildPlan {
    /// Every chart that is rendered.
    var allCharts: [PlannedChart] { (network?.charts ?? []) + addOns.flatMap(\.charts) + charts }

    /// Whether images follow from an artifact: what they are is known only when it is there.
    func decidesImages(_ artifact: PlannedArtifact) -> Bool {
        switch artifact.kind {
        case .manifest, .chart: true
        case .binary, .archive, .deb:
            artifact.name == "kubeadm" || (artifact.name == AddOnCatalog.helm && !allCharts.isEmpty)
        }
    }
}
