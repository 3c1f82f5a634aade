public import BundleModel

/// Everything by which an image may be in containerd, whoever put it there.
public struct ImageTraces: Sendable, Hashable {
    public let reference: ImageReference
    /// Of its records.
    public let names: Set<String>
    /// What its records stand for: its index, its manifest, or one that was made of it.
    public let targets: Set<SHA256Digest>
    /// Its layers' diffIDs, bottom to top.
    public let layers: [SHA256Digest]

    public init(
        reference: ImageReference, names: Set<String>, targets: Set<SHA256Digest>, layers: [SHA256Digest]
    ) {
        self.reference = reference
        self.names = names
        self.targets = targets
        self.layers = layers
    }
}
