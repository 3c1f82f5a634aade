/// Which images of a bundle have which names on a node. Pure.
///
/// A tag is one image's. A plain reference always has its own: nothing else finds that image. What is asked for with a
/// digest is found by that alone, so it has its tag only where no other image of the bundle has the tag with another
/// digest.
public struct TagClaims: Sendable {
    /// Of the images that have a tag, by `NAME:TAG`.
    private let digests: [String: Set<SHA256Digest>]

    /// - Parameter images: all of a bundle.
    public init(_ images: some Sequence<LockedImage>) {
        digests = images.reduce(into: [:]) { digests, image in
            if let tagged = image.reference.tagged { digests[tagged, default: []].insert(image.digest) }
        }
    }

    public func names(of image: LockedImage) -> ImageNames {
        let reference = image.reference
        let tag = reference.tagged.flatMap { tagged in
            reference.digest == nil || digests[tagged, default: []].isSubset(of: [image.digest]) ? tagged : nil
        }
        return ImageNames(tag: tag, digest: "\(reference.name)@\(image.digest)")
    }
}
