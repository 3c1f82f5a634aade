/// One image in `manifest.json` of an archive as `docker save` writes it.
struct DockerManifest: Encodable {
    var config: String
    var repoTags: [String]
    var layers: [String]

    enum CodingKeys: String, CodingKey {
        case config = "Config"
        case repoTags = "RepoTags"
        case layers = "Layers"
    }
}
