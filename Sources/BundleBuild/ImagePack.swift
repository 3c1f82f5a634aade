public import Archive
public import BundleModel

/// The pack of all images: their documents first, then every layer once, in the order in which a node can put them on
/// top of each other; what masters alone need comes last, so that workers read a beginning.
public enum ImagePack {
    public static let name = "images"

    /// - Parameter images: any order; the bytes do not depend on it.
    public static func parts(of images: [(entry: LockedImage, content: CheckedImage)]) -> [PackPart] {
        let sorted = images.sorted { $0.entry.reference.description < $1.entry.reference.description }
        var documents: [SHA256Digest: [UInt8]] = [:]
        for image in sorted { documents.merge(image.content.documents) { first, _ in first } }
        var seen: Set<String> = []
        let first = documents.map { digest, bytes in
            PackSource.bytes(path: ImageMember.blob(digest).path, mode: 0o644, content: bytes)
        }.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        for document in first { seen.insert(document.path) }
        func layers(_ isChosen: (LockedImage) -> Bool) -> [PackSource] {
            sorted.filter { isChosen($0.entry) }.flatMap { entry, content in
                content.layers.map { member($0, of: entry) }
            }
            .filter { seen.insert($0.path).inserted }
        }
        return [
            PackPart(name: ImageMember.documentsPart, roles: [], members: first),
            PackPart(name: "layers", roles: [], members: layers { $0.roles != [.master] }),
            PackPart(name: "layers-control-plane", roles: [.master], members: layers { $0.roles == [.master] }),
        ].filter { !$0.members.isEmpty }
    }

    /// What whoever makes a bundle should know: plain layers that nodes leave to containerd, each once, by an image that
    /// has it.
    public static func notes(on images: [(entry: LockedImage, content: CheckedImage)]) -> [String] {
        var seen: Set<SHA256Digest> = []
        return images.filter { $0.entry.layers == .unpacked }.flatMap { entry, content in
            content.layers.compactMap { layer in
                guard let reason = layer.notDirect, seen.insert(layer.diffID).inserted else { return nil }
                return "\(entry.reference): layer \(layer.diffID) is left to containerd, which takes longer: \(reason)"
            }
        }
    }

    private static func member(_ layer: CheckedImage.Layer, of entry: LockedImage) -> PackSource {
        switch entry.layers {
        case .original: .file(path: ImageMember.blob(layer.blob).path, mode: 0o644, source: layer.file.path)
        case .unpacked:
            .layer(
                path: ImageMember.layer(layer.diffID).path, mode: 0o644, source: layer.file, size: layer.size,
                sha256: layer.diffID, appliedBy: layer.notDirect == nil ? nil : .containerd)
        }
    }
}
