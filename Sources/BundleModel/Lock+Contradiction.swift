extension Lock {
    /// An image that nodes could not tell from another: a reference that is listed twice, or one with another digest
    /// than its image has. A sentence; nil where there is none.
    public var contradiction: String? {
        var references: Set<ImageReference> = []
        for image in images {
            guard references.insert(image.reference).inserted else {
                return "image \(image.reference) is listed twice"
            }
            if let digest = image.reference.digest, digest != image.digest {
                return "image \(image.reference) is listed with digest \(image.digest)"
            }
        }
        return nil
    }
}
