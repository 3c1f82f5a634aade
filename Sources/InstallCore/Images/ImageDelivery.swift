public import BundleModel
import Host
import Logging

/// Brings a bundle's images to a containerd that runs already, outside of an installation.
public struct ImageDelivery: Sendable {
    private let bundle: BundleImages
    private let place: ContainerdPlace
    private let choice: ImageLoaderChoice?
    private let context: NodeContext

    /// - Parameter choice: nil takes what this node was installed with, or auto.
    public init(
        _ bundle: BundleImages, to place: ContainerdPlace, by choice: ImageLoaderChoice?, context: NodeContext
    ) {
        self.bundle = bundle
        self.place = place
        self.choice = choice
        self.context = context
    }

    /// Images of the bundle that containerd does not have whole. Changes nothing.
    public func missing() async throws -> [LockedImage] {
        try await chooser().choose().route.missing(bundle.images, of: bundle)
    }

    /// Loads what is missing.
    ///
    /// - Parameter verifiesFirst: reads and checks the packs before the first change.
    /// - Returns: the images that were missing.
    /// - Throws: `InstallError`, and what the bundle and containerd say.
    public func load(verifiesFirst: Bool) async throws -> [LockedImage] {
        let chooser = try self.chooser()
        let way = try await chooser.choose()
        if let reason = way.reason {
            context.note("images", "warning: ctr loads the images, which takes longer: \(reason)")
        }
        let missing = try await way.route.missing(bundle.images, of: bundle)
        if let base = bundle.content.index.base, !missing.isEmpty,
            let lacking = BaseProof.finding(try await LayerProof(bundle: bundle).gaps(by: chooser), base: base)
        {
            throw InstallError.preflight([lacking])
        }
        if verifiesFirst, !missing.isEmpty {
            try await bundle.content.verify(bundle.packsRead, for: bundle.role, progress: context.progress)
        }
        try await way.route.load(missing, of: bundle, context.progress)
        return missing
    }

    /// By what the node's journal and its containerd's configuration file say. Of a containerd with another socket
    /// neither is known.
    ///
    /// - Throws: `InstallError.journalDamaged`, `.journalNewer`, `HostError`.
    func chooser() throws -> ImageRouteChooser {
        var chooser = ImageRouteChooser(
            choice: choice ?? .auto, place: place, runner: context.runner, logger: context.logger)
        guard place.socket == ContainerdPlace.defaultSocket else { return chooser }
        if choice == nil, let recorded = JournalState(try JournalReader.entries(context.root)).run?.imageLoader {
            chooser.choice = recorded
        }
        if let configuration = try FileSystem.text(context.root.resolve(ContainerdStep.configuration)) {
            chooser.otherSnapshotter = ContainerdConfiguration.otherSnapshotter(in: configuration)
        }
        return chooser
    }
}
