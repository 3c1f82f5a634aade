public import BundleModel
import FoundationEssentials
import Host
import Signing
public import SystemPackage

/// An OCI layout of real images, as `bundler --from-folder` reads it.
public final class SampleLayout {
    public let path: FilePath
    private var entries: [OCIDescriptor] = []

    public init(_ path: FilePath) throws {
        self.path = path
        try FileSystem.makeDirectories(path.pushing(FilePath("blobs/sha256")))
    }

    /// - Parameters:
    ///   - docker: Docker's media types instead of OCI's, and no suffix for gzip, as some registries have it.
    ///   - isIndexed: with an index, whose other platform is not there.
    ///   - change: makes the documents say something else.
    public func add(
        _ name: String, _ layers: [SampleLayer], docker: Bool = false, isIndexed: Bool = false,
        change: (inout OCIManifest, inout OCIImageConfig) -> Void = { _, _ in }
    ) async throws {
        var top = try await image(for: .amd64, layers, docker: docker, change: change)
        if isIndexed {
            let other = OCIDescriptor(
                mediaType: .manifest, digest: SHA256Hasher.hash(Array("other".utf8)), size: 5,
                platform: OCIPlatform(.arm64))
            top.platform = OCIPlatform(.amd64)
            top = try index(of: [other, top])
        }
        try list(top, as: name)
    }

    /// An index with an image for each architecture.
    public func add(
        _ name: String, forEach images: [(architecture: CPUArchitecture, layers: [SampleLayer])]
    ) async throws {
        var manifests: [OCIDescriptor] = []
        for (architecture, layers) in images {
            var manifest = try await image(for: architecture, layers, docker: false) { _, _ in }
            manifest.platform = OCIPlatform(architecture)
            manifests.append(manifest)
        }
        try list(index(of: manifests), as: name)
    }

    private func image(
        for architecture: CPUArchitecture, _ layers: [SampleLayer], docker: Bool,
        change: (inout OCIManifest, inout OCIImageConfig) -> Void
    ) async throws -> OCIDescriptor {
        var config = OCIImageConfig(
            platform: OCIPlatform(architecture),
            rootfs: OCIImageConfig.RootFileSystem(diffIDs: layers.map(\.diffID)))
        var manifest = OCIManifest(
            mediaType: docker ? .dockerManifest : .manifest,
            config: try blob(CanonicalJSON.encode(config), docker ? .dockerConfig : .config), layers: [])
        for layer in layers {
            let type =
                docker ? OCIMediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar") : .layer(layer.form)
            var descriptor = try blob(Data(await layer.published(in: path)), layer.mediaType ?? type)
            descriptor.urls = layer.urls
            manifest.layers.append(descriptor)
        }
        change(&manifest, &config)
        manifest.config = try blob(CanonicalJSON.encode(config), manifest.config.mediaType)
        return try blob(CanonicalJSON.encode(manifest), manifest.mediaType ?? .manifest)
    }

    private func index(of manifests: [OCIDescriptor]) throws -> OCIDescriptor {
        try blob(CanonicalJSON.encode(OCIIndex(manifests: manifests)), .index)
    }

    private func list(_ top: OCIDescriptor, as name: String) throws {
        var top = top
        top.annotations = ["org.opencontainers.image.ref.name": name]
        entries.append(top)
        try AtomicFile.write(CanonicalJSON.encode(OCIIndex(manifests: entries)), to: path.appending("index.json"))
    }

    /// Where a blob lies.
    public func place(of digest: SHA256Digest) -> FilePath { path.pushing(FilePath("blobs/sha256/\(digest.hex)")) }

    private func blob(_ bytes: Data, _ type: OCIMediaType) throws -> OCIDescriptor {
        let digest = SHA256Hasher.hash(bytes)
        try AtomicFile.write(bytes, to: place(of: digest))
        return OCIDescriptor(mediaType: type, digest: digest, size: UInt64(bytes.count))
    }
}
