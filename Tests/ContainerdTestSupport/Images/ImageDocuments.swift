import FoundationEssentials

/// The JSON of images, as far as tests write it.
enum ImageDocuments {
    struct Descriptor: Encodable {
        var mediaType: String
        var digest: String
        var size: UInt64
        var platform: Platform?
        var annotations: [String: String]?
    }

    struct Platform: Encodable {
        var architecture: String
        var os: String
        var variant: String?
    }

    struct Config: Encodable {
        var architecture = "amd64"
        var os = "linux"
        var created = "2020-09-13T12:26:40Z"
        var config = ["Cmd": ["/bin/true"]]
        var rootfs: RootFS
        var history: [[String: String]] = []

        struct RootFS: Encodable {
            var type = "layers"
            // swift-format-ignore: AlwaysUseLowerCamelCase
            var diff_ids: [String]
        }
    }

    struct Manifest: Encodable {
        var schemaVersion = 2
        var mediaType: String
        var config: Descriptor
        var layers: [Descriptor]
    }

    struct Index: Encodable {
        var schemaVersion = 2
        var mediaType: String
        var manifests: [Descriptor]
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

extension ImagePlan.Family {
    var index: String {
        switch self {
        case .oci: "application/vnd.oci.image.index.v1+json"
        case .docker: "application/vnd.docker.distribution.manifest.list.v2+json"
        }
    }

    var manifest: String {
        switch self {
        case .oci: "application/vnd.oci.image.manifest.v1+json"
        case .docker: "application/vnd.docker.distribution.manifest.v2+json"
        }
    }

    var config: String {
        switch self {
        case .oci: "application/vnd.oci.image.config.v1+json"
        case .docker: "application/vnd.docker.container.image.v1+json"
        }
    }

    func layer(_ compression: ImagePlan.Layer.Compression) -> String {
        switch (self, compression) {
        case (.oci, .none): "application/vnd.oci.image.layer.v1.tar"
        case (.oci, .gzip), (.oci, .gzipMembers): "application/vnd.oci.image.layer.v1.tar+gzip"
        case (.oci, .zstd), (.oci, .zstdFrames): "application/vnd.oci.image.layer.v1.tar+zstd"
        case (.docker, .none): "application/vnd.docker.image.rootfs.diff.tar"
        case (.docker, .gzip), (.docker, .gzipMembers): "application/vnd.docker.image.rootfs.diff.tar.gzip"
        case (.docker, .zstd), (.docker, .zstdFrames): "application/vnd.docker.image.rootfs.diff.tar.zstd"
        }
    }
}
