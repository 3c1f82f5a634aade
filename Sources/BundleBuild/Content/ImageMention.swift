public import BundleModel

/// An image's name, and who has it.
public struct ImageMention: Hashable, Sendable {
    public var reference: ImageReference
    /// `kubeadm`, `chart cilium`, `images.txt line 3`.
    public var namedBy: String

    public init(_ reference: ImageReference, namedBy: String) {
        self.reference = reference
        self.namedBy = namedBy
    }
}
