import BundleModel

/// A way for images from a bundle into containerd. What it needs of containerd has been asked for already.
protocol ImageRoute: Sendable {
    var place: ContainerdPlace { get }

    /// Images that containerd does not have whole: content, snapshots and names. Changes nothing.
    func missing(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage]

    /// Loads images, and sees to it that Kubernetes finds every image of the bundle, and that the node's own clean-up
    /// leaves them alone.
    ///
    /// - Parameter images: those that are missing; may be none.
    func load(_ images: [LockedImage], of bundle: BundleImages, _ progress: any ProgressSink) async throws
}
