import BundleModel
import Host
import SystemPackage

extension BundleMaker {
    /// Fetches what a plan names. kubeadm comes first: it decides the images.
    func gather(_ plan: BuildPlan, workspace: Workspace) async throws -> GatheredContent {
        var content = GatheredContent(release: plan.release, artifacts: [], images: [], notes: [])
        let ordered = plan.artifacts.filter { $0.name == "kubeadm" } + plan.artifacts.filter { $0.name != "kubeadm" }
        var planned = plan.images
        for artifact in ordered {
            guard let definition = ArtifactCatalog.definition(named: artifact.name) else {
                throw BundleBuildError.missing(artifact.name, lookedIn: "the artifact catalog")
            }
            let file = try await artifacts.obtain(artifact, pinned: nil, progress: progress)
            let entry = Artifact(
                name: artifact.name, kind: artifact.kind, version: artifact.version.description,
                source: file.source, license: artifact.license, size: file.size, sha256: file.sha256,
                proof: file.proof)
            content.artifacts.append((entry, definition, file))
            if artifact.name == "kubeadm" {
                planned = try await replaceControlPlane(
                    in: planned, plan: plan, kubeadm: file.path, workspace: workspace, content: &content)
            }
            if artifact.kind == .manifest {
                planned = try replaceNetwork(in: planned, plan: plan, manifest: file.path, content: &content)
            }
        }
        for reference in plan.originalLayers where !planned.contains(where: { $0.reference == reference }) {
            throw BundleBuildError.badOption(
                "--original-layers", value: reference.description, expected: "an image that the bundle has")
        }
        for image in planned {
            try Task.checkCancellation()
            let obtained = try await images.obtain(
                image.reference, pinned: nil, architecture: plan.architecture, progress: progress)
            let layers = plan.originalLayers.contains(image.reference) ? LockedImage.Layers.original : .unpacked
            content.images.append((Self.entry(obtained, layers: layers, roles: image.roles), obtained))
        }
        for osRelease in plan.osReleases { try await gatherPackages(osRelease, plan.architecture, &content) }
        return content
    }

    private func gatherPackages(
        _ osRelease: String, _ architecture: CPUArchitecture, _ content: inout GatheredContent
    ) async throws {
        let wanted = OSRelease.find(osRelease)?.hostPackages ?? []
        let obtained = try await packageProvider(osRelease).obtain(
            wanted, osRelease: osRelease, architecture: architecture, progress: progress)
        for package in obtained {
            let entry = Artifact(
                name: package.name, kind: .deb, version: package.version, source: package.file.source,
                license: AptPackages.license, size: package.file.size, sha256: package.file.sha256,
                proof: package.file.proof, osRelease: osRelease)
            content.packages.append((osRelease, entry, package))
        }
    }

    private func packageProvider(_ osRelease: String) throws -> any PackageProvider {
        guard let packages else {
            throw BundleBuildError.missing("host packages for \(osRelease)", lookedIn: "a folder of artifacts")
        }
        return packages
    }

    /// Fetches exactly what a lock pins; the lock's own entries are kept as they are.
    func gather(_ lock: BundleLock) async throws -> GatheredContent {
        var content = GatheredContent(release: lock.release, artifacts: [], images: [], notes: [])
        for entry in lock.lock.artifacts where entry.kind != .deb {
            guard let definition = ArtifactCatalog.definition(named: entry.name) else {
                throw BundleBuildError.missing(entry.name, lookedIn: "the artifact catalog")
            }
            let artifact = PlannedArtifact(
                definition, version: try SemanticVersion(entry.version), architecture: lock.architecture)
            let file = try await artifacts.obtain(artifact, pinned: entry.sha256, progress: progress)
            content.artifacts.append((entry, definition, file))
        }
        for entry in lock.lock.images {
            let obtained = try await images.obtain(
                entry.reference, pinned: entry.digest, architecture: lock.architecture, progress: progress)
            guard obtained.manifest == entry.manifest else {
                throw BundleBuildError.wrongChecksum(
                    entry.reference.description, expected: entry.manifest, actual: obtained.manifest)
            }
            content.images.append((entry, obtained))
        }
        for entry in lock.lock.artifacts where entry.kind == .deb {
            let osRelease = entry.osRelease ?? ""
            let package = try await packageProvider(osRelease).obtain(
                entry, osRelease: osRelease, architecture: lock.architecture, progress: progress)
            content.packages.append((osRelease, entry, package))
        }
        return content
    }

    /// kubeadm's own list instead of the matrix's expectation, which it must meet.
    private func replaceControlPlane(
        in planned: [PlannedImage], plan: BuildPlan, kubeadm: FilePath, workspace: Workspace,
        content: inout GatheredContent
    ) async throws -> [PlannedImage] {
        let expected = plan.release.controlPlaneImages
        guard plan.architecture == .host else {
            content.notes.append(
                "kubeadm for \(plan.architecture.rawValue) does not run here: its image list is the matrix's")
            return planned
        }
        let program = try workspace.folder("run").appending("kubeadm")
        try await BlockingPool.shared.run { try FileCopy.copy(kubeadm, to: program, mode: 0o755) }
        let listed = try await lister.list(kubeadm: program, version: plan.release.kubernetes)
        if plan.imagesVerified {
            try KubeadmImageLister.crossCheck(listed, matrix: expected, kubernetes: plan.release.kubernetes)
        } else {
            content.notes.append("the matrix has not seen this patch's image tags: kubeadm's own list was taken")
        }
        guard let sandbox = listed.first(where: { $0.repository.split(separator: "/").last == "pause" }) else {
            throw BundleBuildError.badImageList(reason: "it has no pause image")
        }
        content.release.controlPlaneImages = listed
        content.release.sandboxImage = sandbox
        let others = planned.filter { !expected.contains($0.reference) }
        return Resolver.images(listed, extra: []) + others.filter { !listed.contains($0.reference) }
    }

    /// The manifest's own images instead of the matrix's expectation: some manifests name another release's.
    private func replaceNetwork(
        in planned: [PlannedImage], plan: BuildPlan, manifest: FilePath, content: inout GatheredContent
    ) throws -> [PlannedImage] {
        guard let version = plan.release.cni.version else { return planned }
        let text = String(decoding: try FileSystem.read(manifest), as: UTF8.self)
        let named = try ManifestImages.list(in: text, path: manifest.string)
        guard !named.isEmpty else {
            throw BundleBuildError.unreadable(path: manifest.string, reason: "it names no image")
        }
        let expected = try VersionMatrix.embedded().calico(version).release.images()
        if Set(expected) != Set(named) {
            content.notes.append("Calico's manifest names other images than the matrix: the manifest's were taken")
        }
        let others = planned.filter { !expected.contains($0.reference) && !named.contains($0.reference) }
        return others + Resolver.images(named, extra: [])
    }

    private static func entry(
        _ image: ObtainedImage, layers: LockedImage.Layers, roles: [NodeRole]
    ) -> LockedImage {
        LockedImage(
            reference: image.reference, digest: image.target.digest, mediaType: image.target.mediaType,
            manifest: image.manifest, size: image.size, layers: layers, roles: roles, source: image.source)
    }
}
