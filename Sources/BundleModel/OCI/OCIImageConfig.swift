/// An image's configuration, as far as its layers and its platform go. Docker's has the same fields.
public struct OCIImageConfig: Codable, Hashable, Sendable {
    public var os: String
    public var architecture: String
    public var variant: String?
    public var rootfs: RootFileSystem

    public init(platform: OCIPlatform, rootfs: RootFileSystem) {
        os = platform.os
        architecture = platform.architecture
        variant = platform.variant
        self.rootfs = rootfs
    }

    public var platform: OCIPlatform { OCIPlatform(os: os, architecture: architecture, variant: variant) }

    public struct RootFileSystem: Codable, Hashable, Sendable {
        /// `layers`, always.
        public var type: String
        /// Of each layer of the manifest, in its order: the digest of the plain tar, whatever it is compressed with.
        public var diffIDs: [SHA256Digest]

        public init(diffIDs: [SHA256Digest]) {
            type = "layers"
            self.diffIDs = diffIDs
        }

        /// An image without layers may have `null` for them, as Go writes it.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decode(String.self, forKey: .type)
            diffIDs = try container.decodeIfPresent([SHA256Digest].self, forKey: .diffIDs) ?? []
        }

        enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }
    }
}
