import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import UpstreamTestSupport

/// What `docker save` writes, packed by the real tar.
struct ImageSourceArchive {
    struct Image {
        /// Nil as for an image that was saved by its ID.
        var tags: [String]?
        var layers: [SampleLayer]
        var architecture = "amd64"
        /// Of the config, where it is not the layers' own.
        var diffIDs: [SHA256Digest]?
    }

    private struct Entry: Encodable {
        var config: String
        var tags: [String]?
        var layers: [String]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case tags = "RepoTags"
            case layers = "Layers"
        }
    }

    /// Of the archive under construction.
    let folder: FilePath

    /// - Parameters:
    ///   - links: each layer that was there before is a symbolic link to it, as old versions of docker have it.
    ///   - gzip: layers are compressed one by one.
    ///   - pipe: what the whole archive goes through.
    func write(
        _ images: [Image], to file: FilePath, links: Bool = false, gzip: Bool = false, pipe: String = "cat"
    ) async throws {
        try? FileManager.default.removeItem(atPath: folder.string)
        try FileSystem.makeDirectories(folder)
        var entries: [Entry] = []
        var seen: Set<SHA256Digest> = []
        for (number, image) in images.enumerated() {
            var paths: [String] = []
            for (place, layer) in image.layers.enumerated() {
                let own = "\(layer.diffID.hex)/layer.tar"
                let isNew = seen.insert(layer.diffID).inserted
                if isNew {
                    let path = folder.pushing(FilePath(own))
                    try FileSystem.makeDirectories(path.removingLastComponent())
                    try AtomicFile.write(layer.tar, to: path)
                    if gzip {
                        try await run("gzip -n \"$1\" && mv \"$1.gz\" \"$1\"", path.string)
                    }
                }
                if !isNew, links {
                    let link = "image\(number)-\(place)"
                    try FileSystem.makeDirectories(folder.appending(link))
                    try FileManager.default.createSymbolicLink(
                        atPath: folder.appending(link).appending("layer.tar").string,
                        withDestinationPath: "../\(own)")
                    paths.append("\(link)/layer.tar")
                } else {
                    paths.append(own)
                }
            }
            let config = try CanonicalJSON.encode(
                OCIImageConfig(
                    platform: OCIPlatform(os: "linux", architecture: image.architecture),
                    rootfs: OCIImageConfig.RootFileSystem(diffIDs: image.diffIDs ?? image.layers.map(\.diffID))))
            let name = "\(SHA256Hasher.hash(config).hex).json"
            try AtomicFile.write(config, to: folder.appending(name))
            entries.append(Entry(config: name, tags: image.tags, layers: paths))
        }
        // As docker writes it: what it lists comes first.
        try AtomicFile.write(try CanonicalJSON.encodeLine(entries), to: folder.appending("manifest.json"))
        try await pack(to: file, pipe: pipe)
    }

    /// Packs the folder as it is.
    func pack(to file: FilePath, pipe: String = "cat") async throws {
        try await run(
            "cd \"$1\" && tar --sort=name --owner=0 --group=0 --mtime=@0 -cf - * | { \(pipe); } >\"$2\"", folder.string,
            file.string)
    }

    private func run(_ script: String, _ arguments: String...) async throws {
        try await SystemProcessRunner().require(Command("sh", ["-c", script, "sh"] + arguments))
    }
}
