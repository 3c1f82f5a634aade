public import BundleModel
import FoundationEssentials
import Host
import Signing
public import SystemPackage

/// Images in OCI layouts: the folder itself, or folders in it. An image is found by its full reference, which stands
/// in the annotation `io.containerd.image.name` or `org.opencontainers.image.ref.name`.
public struct FolderImages: ImageProvider {
    private let folder: FilePath

    public init(folder: FilePath) {
        self.folder = folder
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        for layout in try layouts() {
            let index = try document(OCIDocument.self, at: layout.appending("index.json"))
            guard let top = (index.manifests ?? []).first(where: { Self.names($0).contains(reference) }) else {
                continue
            }
            if let pinned, pinned != top.digest {
                throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: top.digest)
            }
            return try await image(reference, top: top, layout: layout, architecture: architecture)
        }
        throw BundleBuildError.missing(reference.description, lookedIn: folder.string)
    }

    private func layouts() throws -> [FilePath] {
        let candidates = [folder] + (try FileSystem.list(folder)).map { folder.appending($0) }
        return candidates.filter { FileSystem.exists($0.appending("index.json")) }
    }

    private static func names(_ descriptor: OCIDescriptor) -> [ImageReference] {
        ["io.containerd.image.name", "org.opencontainers.image.ref.name"].compactMap { key in
            descriptor.annotations?[key].flatMap { try? ImageReference($0) }
        }
    }

    private func image(
        _ reference: ImageReference, top: OCIDescriptor, layout: FilePath, architecture: CPUArchitecture
    ) async throws -> ObtainedImage {
        func blobPath(_ descriptor: OCIDescriptor) -> FilePath {
            layout.pushing(FilePath("blobs/sha256/\(descriptor.digest.hex)"))
        }
        var manifest = top
        var descriptors = [top]
        if top.isIndex {
            let index = try document(OCIDocument.self, at: blobPath(top))
            let match = (index.manifests ?? []).first {
                $0.platform?.architecture == architecture.rawValue && $0.platform?.os == "linux"
            }
            guard let match else {
                throw BundleBuildError.missing("\(reference) for \(architecture.rawValue)", lookedIn: layout.string)
            }
            manifest = match
            descriptors.append(match)
        }
        let document = try document(OCIDocument.self, at: blobPath(manifest))
        guard let config = document.config, let layers = document.layers else {
            throw BundleBuildError.unreadable(path: blobPath(manifest).string, reason: "not an image manifest")
        }
        descriptors += [config] + layers
        var blobs: [SHA256Digest: ObtainedImage.Blob] = [:]
        for descriptor in descriptors where blobs[descriptor.digest] == nil {
            let path = blobPath(descriptor)
            guard let status = try FileSystem.status(path) else {
                throw BundleBuildError.missing("blob \(descriptor.digest) of \(reference)", lookedIn: layout.string)
            }
            let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
            guard actual == descriptor.digest else {
                throw BundleBuildError.wrongChecksum(path.string, expected: descriptor.digest, actual: actual)
            }
            blobs[descriptor.digest] = ObtainedImage.Blob(
                digest: descriptor.digest, size: status.size, content: .file(path))
        }
        return ObtainedImage(
            reference: reference, digest: top.digest, top: top, manifest: manifest.digest,
            blobs: blobs.values.sorted { $0.digest < $1.digest },
            source: "file:\(layout.lastComponent?.string ?? "images")")
    }

    private func document<Value: Decodable>(_ type: Value.Type, at path: FilePath) throws -> Value {
        let bytes = try FileSystem.read(path, limit: 4 << 20)
        do {
            return try CanonicalJSON.decode(type, from: Data(bytes))
        } catch {
            throw BundleBuildError.unreadable(path: path.string, reason: "\(error)")
        }
    }
}
