import BundleModel
import FoundationEssentials

/// `manifest.json` of what `docker save` writes: one entry for each image.
struct DockerArchiveManifest {
    struct Image: Decodable, Hashable {
        /// Path of the image's config.
        var config: String
        /// Paths of layers, from the lowest up.
        var layers: [String]
        var names: [ImageReference]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case layers = "Layers"
            case names = "RepoTags"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            config = try container.decode(String.self, forKey: .config)
            layers = try container.decodeIfPresent([String].self, forKey: .layers) ?? []
            names = try container.decodeIfPresent([ImageReference].self, forKey: .names) ?? []
        }

        /// The digest that the config's path says it has: `HEX.json`, `blobs/sha256/HEX`; nil where it says none.
        var statedDigest: SHA256Digest? {
            let file = config.split(separator: "/").last ?? ""
            return try? SHA256Digest(hex: file.hasSuffix(".json") ? file.dropLast(5) : file)
        }
    }

    let images: [Image]

    /// - Throws: `DecodingError`.
    init(_ json: [UInt8]) throws {
        images = try CanonicalJSON.decode([Image].self, from: Data(json))
    }

    /// Paths of everything that an image is made of.
    var paths: Set<String> { Set(images.flatMap { [$0.config] + $0.layers }) }
}
