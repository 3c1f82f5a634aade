import Archive
import BundleModel

/// Everything that containerd has of an image once it is loaded.
struct ImagePlan: Sendable {
    /// An index, a manifest or a config, with the labels that keep what it names from being collected.
    struct Document: Sendable {
        let blob: OCIDescriptor
        let bytes: [UInt8]
        let labels: [String: String]
    }

    struct Layer: Sendable, Hashable {
        let diffID: SHA256Digest
        /// As published.
        let blob: OCIDescriptor
        /// The snapshot that this layer and all below it make.
        let chain: SHA256Digest
        /// The chain below; nil at the bottom.
        let parent: SHA256Digest?
    }

    let image: ImageToLoad
    let target: OCIDescriptor
    let config: SHA256Digest
    /// What is named before what names it.
    let documents: [Document]
    /// Bottom to top.
    let layers: [Layer]
    /// Every blob that the manifest names beside its config, where the image keeps them.
    let keptBlobs: [OCIDescriptor]

    /// The label that keeps an image from kubelet's clean-up.
    static let pinned = ["io.cri-containerd.pinned": "pinned"]

    enum Outcome {
        case plan(ImagePlan)
        /// This document has to be known first.
        case lacks(SHA256Digest)
    }

    static func layers(_ diffIDs: [SHA256Digest], _ blobs: [OCIDescriptor]) -> [Layer] {
        var below: SHA256Digest?
        return zip(diffIDs, blobs).map { diffID, blob in
            let layer = Layer(diffID: diffID, blob: blob, chain: ChainID.of(diffID, on: below), parent: below)
            below = layer.chain
            return layer
        }
    }
}
