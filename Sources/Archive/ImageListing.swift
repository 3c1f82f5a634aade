public import BundleModel

/// What an index may list as the members and parts of a pack of images. Looked at before the first byte is read.
public enum ImageListing {
    /// - Returns: what is wrong; nil when nothing is.
    public static func problem(_ pack: Pack) -> String? {
        guard let parts = pack.parts, let documents = parts.first, documents.name == ImageMember.documentsPart,
            documents.roles.isEmpty
        else { return "it does not begin with a part '\(ImageMember.documentsPart)' for all nodes" }
        var paths: Set<String> = []
        var total: UInt64 = 0
        for (number, member) in pack.members.enumerated() {
            let isDocument = number < documents.members
            if let reason = problem(member, isDocument: isDocument) { return "member '\(member.path)': \(reason)" }
            guard paths.insert(member.path).inserted else { return "member '\(member.path)': listed twice" }
            total += member.size
            if isDocument, total > ImageMember.documentsLimit {
                return "more than \(ImageMember.documentsLimit) bytes of documents"
            }
        }
        return nil
    }

    /// What an index may list as left out of a pack of images: layers, which the pack itself does not have.
    ///
    /// - Returns: what is wrong; nil when nothing is.
    public static func problem(omittedFrom pack: Pack) -> String? {
        var paths = Set(pack.members.map(\.path))
        for member in pack.omitted ?? [] {
            if let reason = problem(member, isDocument: false) { return "omitted '\(member.path)': \(reason)" }
            guard paths.insert(member.path).inserted else { return "omitted '\(member.path)': listed twice" }
        }
        return nil
    }

    /// No sum of such members overflows: their sizes are limited, and so is their number by the index's own size.
    private static func problem(_ member: Pack.Member, isDocument: Bool) -> String? {
        guard let image = ImageMember(path: member.path), member.kind == .file, member.mode == 0o644,
            member.target == nil
        else { return "not a document or layer of an image" }
        guard image.digest == member.sha256 else { return "its name is not its digest" }
        switch image {
        case .layer where isDocument: return "a layer among the documents"
        case .blob where member.appliedBy != nil: return "who applies it, and no plain layer"
        case .blob where isDocument && member.size > ImageMember.documentLimit:
            return "\(member.size) bytes, at most \(ImageMember.documentLimit) are read"
        case .layer where member.size > ImageMember.layerLimit, .blob where member.size > ImageMember.layerLimit:
            return "\(member.size) bytes, at most \(ImageMember.layerLimit) are read"
        default: return nil
        }
    }
}
