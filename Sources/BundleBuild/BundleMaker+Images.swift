import BundleModel
import Fetch
import Host
import SystemPackage

extension BundleMaker {
    /// The images of a plan, with what kubeadm, manifests and charts really name in the place of what the matrix
    /// expects. Who names them goes into `content`.
    func selectImages(
        _ plan: BuildPlan, _ listed: [ImageMention], kubeadm: ObtainedArtifact?, _ workspace: Workspace,
        _ content: inout GatheredContent
    ) async throws -> [PlannedImage] {
        let brought = (plan.network.map { [$0] } ?? []) + plan.addOns
        var expected = Set(brought.flatMap(\.expectedImages))
        let found = try Self.mentions(in: content)
        try Self.compare(brought, with: found, notes: &content.notes)
        let asked = plan.extraImages.filter { image in !listed.contains { $0.reference == image } }
        var mentions = listed + found
        mentions += asked.map { ImageMention($0, namedBy: "--image") }
        for addOn in brought {
            mentions += addOn.images.map { ImageMention($0, namedBy: "add-on \(addOn.name)") }
        }

        var controlPlane: [PlannedImage] = []
        if let kubeadm, try await listControlPlane(plan, kubeadm, workspace, &content) {
            expected.formUnion(plan.release.controlPlaneImages)
            controlPlane = Resolver.images(content.release.controlPlaneImages, extra: [])
        }
        // The release's id is the same whether kubeadm or the matrix names them.
        content.release.controlPlaneImages.sort { $0.description < $1.description }
        var selection = ImageSelection(plan.images, without: expected)
        selection.add(controlPlane)
        selection.add(mentions)
        let images = selection.images
        content.mentions = mentions + Self.kubeadmMentions(content.release)
        let named = Set(content.mentions.map(\.reference))
        content.mentions += images.filter { !named.contains($0.reference) }.map {
            ImageMention($0.reference, namedBy: "the plan")
        }
        return images
    }

    static func kubeadmMentions(_ release: Release) -> [ImageMention] {
        release.controlPlaneImages.map { ImageMention($0, namedBy: "kubeadm") }
    }

    /// What the manifests and the rendered charts name.
    static func mentions(in content: GatheredContent) throws -> [ImageMention] {
        let manifests = content.artifacts.filter { $0.entry.kind == .manifest }.map { entry, _, file in
            ("manifest \(entry.version == AddOn.localVersion ? entry.source : entry.name)", file)
        }
        let charts = content.rendered.map { ("chart \($0.entry.name)", $0.file) }
        return try (manifests + charts).flatMap { name, file in
            let text = String(decoding: try FileSystem.read(file.path), as: UTF8.self)
            return try ManifestImages.list(in: text, path: name).map { ImageMention($0, namedBy: name) }
        }
    }

    /// Says where manifests and charts name other images than the matrix. Without any image, or, of a manifest,
    /// without one that the matrix expects under whatever registry, they are cut off.
    private static func compare(
        _ brought: [PlannedAddOn], with mentions: [ImageMention], notes: inout [String]
    ) throws(FetchError) {
        for addOn in brought {
            let sources = Set(addOn.manifests.map { "manifest \($0)" } + addOn.charts.map { "chart \($0.name)" })
            let named = Set(mentions.filter { sources.contains($0.namedBy) }.map(\.reference))
            if named.isEmpty, !sources.isEmpty, addOn.version != AddOn.localVersion {
                throw .badAnswer(url: "what is applied for \(addOn.name)", reason: "it names no image")
            }
            // A chart is an archive, which says itself that it is whole.
            let known = Set(named.map(Self.shortName))
            if addOn.charts.isEmpty,
                let missing = addOn.expectedImages.first(where: { !known.contains(Self.shortName($0)) })
            {
                throw .badAnswer(
                    url: "what is applied for \(addOn.name)",
                    reason: "it names no image like \(missing), which the matrix expects")
            }
            if !addOn.expectedImages.isEmpty, Set(addOn.expectedImages) != named {
                notes.append(
                    "\(addOn.name)'s manifests name other images than the matrix: the manifests' were taken")
            }
        }
    }

    /// The last part of an image's repository: what stays when a registry moves.
    private static func shortName(_ image: ImageReference) -> Substring? {
        image.repository.split(separator: "/").last
    }

    /// kubeadm's own list instead of the matrix's expectation, which it must meet.
    ///
    /// - Returns: false where no kubeadm can be asked and the matrix has seen the images.
    private func listControlPlane(
        _ plan: BuildPlan, _ kubeadm: ObtainedArtifact, _ workspace: Workspace, _ content: inout GatheredContent
    ) async throws -> Bool {
        guard let runnable = try await self.runnable(kubeadm, of: plan, &content.notes) else { return false }
        let program = try workspace.folder("run").appending("kubeadm")
        try await BlockingPool.shared.run { try FileCopy.copy(runnable.path, to: program, mode: 0o755) }
        let (listed, note) = try await lister.list(kubeadm: program, version: plan.release.kubernetes)
        if let note { content.notes.append(note) }
        if plan.imagesVerified {
            try KubeadmImageLister.crossCheck(
                listed, matrix: plan.release.controlPlaneImages, kubernetes: plan.release.kubernetes)
        } else {
            content.notes.append("the matrix has not seen this patch's image tags: kubeadm's own list was taken")
        }
        guard let sandbox = listed.first(where: { $0.repository.split(separator: "/").last == "pause" }) else {
            throw BundleBuildError.badImageList(reason: "it has no pause image")
        }
        content.release.controlPlaneImages = listed
        content.release.sandboxImage = sandbox
        return true
    }

    /// The plan's kubeadm; of a plan for another architecture, the same version's for this machine, which lists the
    /// same names. The bundle and its lock have nothing of that one.
    ///
    /// - Returns: nil where it is not to be had and the matrix has seen the images.
    /// - Throws: `BundleBuildError.unknownImages` where the matrix has not.
    private func runnable(
        _ kubeadm: ObtainedArtifact, of plan: BuildPlan, _ notes: inout [String]
    ) async throws -> ObtainedArtifact? {
        guard plan.architecture != .host else { return kubeadm }
        let own = PlannedArtifact(
            try ArtifactCatalog.required("kubeadm"), version: plan.release.kubernetes, architecture: .host)
        do {
            return try await artifacts.obtain(own, pinned: nil, progress: progress)
        } catch let error as any Diagnostic
            where error.category == .missingArtifact || error.category == .upstreamRefused
        {
            guard plan.imagesVerified else {
                throw BundleBuildError.unknownImages(
                    kubernetes: plan.release.kubernetes, architecture: plan.architecture, host: .host,
                    reason: error.message)
            }
            notes.append(
                "kubeadm for \(plan.architecture.rawValue) does not run here, and for "
                    + "\(CPUArchitecture.host.rawValue) there is none to ask (\(error.message)): "
                    + "its image list is the matrix's")
            return nil
        }
    }
}
