public import BundleModel
import FoundationEssentials
import Signing

/// Proof that a bundle has every image that anything in it names, and all of each. Pure.
///
/// A node knows an image by its tag and by `NAME@DIGEST`, with the digest of what the reference resolved to. Only these
/// two count here.
public struct Completeness: Sendable {
    /// Everything that names an image, more than one of them for the same image too.
    public var mentions: [ImageMention]
    /// containerd's own setting: it has to be one of the images that kubeadm lists.
    public var release: Release

    public init(mentions: [ImageMention], release: Release) {
        self.mentions = mentions
        self.release = release
    }

    /// References that no image of the bundle answers to, a line each with who names them; sorted.
    ///
    /// - Parameter reasons: why an image is not there, where somebody said.
    public func unresolved(
        in images: [LockedImage], reasons: [ImageReference: String] = [:]
    ) -> [String] {
        let claims = TagClaims(images)
        let names = Set(images.flatMap { claims.names(of: $0).all })
        var named: [ImageReference: [String]] = [:]
        for mention in mentions { named[mention.reference, default: []].append(mention.namedBy) }
        named[release.sandboxImage, default: []].append("containerd's sandbox")
        var lines = named.filter { !names.contains(Self.name($0.key)) }.map { reference, who in
            let distinct = Set(who).sorted().joined(separator: ", ")
            return "\(reference) (named by \(distinct))" + (reasons[reference].map { ": \($0)" } ?? "")
        }
        if !release.controlPlaneImages.contains(release.sandboxImage) {
            lines.append("\(release.sandboxImage) (containerd's sandbox): kubeadm lists another one")
        }
        return lines.sorted()
    }

    /// What an image's documents name and the bundle would not have, a line each.
    ///
    /// - Parameter content: read and hashed.
    public static func missing(of image: LockedImage, in content: CheckedImage) -> [String] {
        func lacks(_ what: String, _ digest: SHA256Digest) -> String { "\(image.reference): its \(what) \(digest)" }
        func document(_ digest: SHA256Digest) -> Data? {
            content.documents[digest].flatMap { SHA256Hasher.hash($0) == digest ? Data($0) : nil }
        }
        guard let top = document(image.digest) else { return [lacks("index or manifest", image.digest)] }
        var type = image.mediaType
        if image.digest != image.manifest {
            guard case .index(let index)? = try? OCIDocument(top, cameAs: image.mediaType).content,
                let entry = index.manifests.first(where: { $0.digest == image.manifest })
            else { return [lacks("index does not list manifest", image.manifest)] }
            type = entry.mediaType
        }
        guard let bytes = document(image.manifest),
            case .manifest(let manifest)? = try? OCIDocument(bytes, cameAs: type).content
        else { return [lacks("manifest", image.manifest)] }
        let config = document(manifest.config.digest) == nil ? [lacks("config", manifest.config.digest)] : []
        let layers = Set(content.layers.map(\.blob))
        return config + manifest.layers.filter { !layers.contains($0.digest) }.map { lacks("layer", $0.digest) }
    }

    /// - Throws: `BundleBuildError.incomplete` with all that `unresolved` and `missing` say.
    public func prove(_ images: [(entry: LockedImage, content: CheckedImage)]) throws(BundleBuildError) {
        let gaps = unresolved(in: images.map(\.entry)) + images.flatMap { Self.missing(of: $0.entry, in: $0.content) }
        guard gaps.isEmpty else { throw .incomplete(gaps) }
    }

    /// The one of a node's names that a reference stands for: the digest decides where there is one.
    private static func name(_ reference: ImageReference) -> String {
        reference.digest.map { "\(reference.name)@\($0)" } ?? "\(reference.name):\(reference.tag ?? "latest")"
    }
}
