import BundleModel

extension BundleMaker {
    /// Fetches exactly what a lock pins, all at once; the lock's own entries are kept as they are.
    func gather(_ lock: BundleLock, workspace: Workspace) async throws -> GatheredContent {
        var content = GatheredContent(release: lock.release)
        var pieces = lock.lock.images.map { LockedPiece.image($0) }
        for entry in lock.lock.artifacts {
            switch entry.kind {
            case .deb: pieces.append(.package(entry))
            case .chart: content.charts.append(entry)
            case .binary, .archive, .manifest:
                if let manifest = try await localManifest(of: entry) {
                    content.artifacts.append(manifest)
                } else {
                    pieces.append(.artifact(entry, try ArtifactCatalog.required(entry.name)))
                }
            }
        }
        let fetched = try await fetchAll("gather", pieces) { try await fetch($0, lock.architecture) }
        for item in fetched {
            switch item {
            case .artifact(let entry, let definition, let file):
                content.artifacts.append(
                    (entry, definition.filled(version: entry.version, architecture: lock.architecture), file))
            case .image(let entry, let image): content.images.append((entry, image))
            case .package(let entry, let package):
                content.packages.append((entry.osRelease ?? "", entry, package))
            }
        }
        try await render(lock, workspace: workspace, content: &content)
        content.mentions = try Self.mentions(in: content) + Self.kubeadmMentions(lock.release)
        return content
    }

    private enum LockedPiece: Sendable {
        case artifact(Artifact, ArtifactDefinition)
        case image(LockedImage)
        case package(Artifact)
    }

    private enum LockedContent: Sendable {
        case artifact(Artifact, ArtifactDefinition, ObtainedArtifact)
        case image(LockedImage, ObtainedImage)
        case package(Artifact, ObtainedPackage)
    }

    private func fetch(_ piece: LockedPiece, _ architecture: CPUArchitecture) async throws -> LockedContent {
        switch piece {
        case .artifact(let entry, let definition):
            let artifact = PlannedArtifact(definition, version: entry.version, architecture: architecture)
            let file = try await artifacts.obtain(artifact, pinned: entry.sha256, progress: progress)
            return .artifact(entry, definition, file)
        case .image(let entry):
            let image = try await images.obtain(
                entry.reference, pinned: entry.digest, architecture: architecture, progress: progress)
            guard image.manifest == entry.manifest else {
                throw BundleBuildError.wrongChecksum(
                    entry.reference.description, expected: entry.manifest, actual: image.manifest)
            }
            return .image(entry, image)
        case .package(let entry):
            let osRelease = entry.osRelease ?? ""
            let package = try await packageProvider(osRelease).obtain(
                entry, osRelease: osRelease, architecture: architecture, progress: progress)
            return .package(entry, package)
        }
    }
}
