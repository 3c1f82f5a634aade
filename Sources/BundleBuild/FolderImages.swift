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

    public func location(of reference: ImageReference) -> String { "file:\(folder.lastComponent?.string ?? "images")" }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        let (layout, top) = try find(reference)
        let content = try content(reference, top: top, layout: layout, architecture: architecture)
        return try content.descriptors.reduce(0) { $0 + (try blob($1, of: reference, in: layout).size) }
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let (layout, top) = try find(reference)
        if let pinned, pinned != top.digest {
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: top.digest)
        }
        let (manifest, descriptors) = try content(reference, top: top, layout: layout, architecture: architecture)
        var blobs: [ObtainedImage.Blob] = []
        for descriptor in descriptors {
            let (path, size) = try blob(descriptor, of: reference, in: layout)
            let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
            guard actual == descriptor.digest else {
                throw BundleBuildError.wrongChecksum(path.string, expected: descriptor.digest, actual: actual)
            }
            blobs.append(ObtainedImage.Blob(digest: descriptor.digest, size: size, content: .file(path)))
        }
        return ObtainedImage(
            reference: reference, target: top, manifest: manifest.digest,
            blobs: blobs.sorted { $0.digest < $1.digest }, source: "file:\(layout.lastComponent?.string ?? "images")")
    }

    private func find(_ reference: ImageReference) throws -> (layout: FilePath, top: OCIDescriptor) {
        for layout in try layouts() {
            let index = try parsed(layout.appending("index.json")) { try CanonicalJSON.decode(OCIIndex.self, from: $0) }
            if let top = index.manifests.first(where: { Self.names($0).contains(reference) }) {
                return (layout, top)
            }
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

    /// The manifest for the architecture, and everything that belongs to the image, each once.
    private func content(
        _ reference: ImageReference, top: OCIDescriptor, layout: FilePath, architecture: CPUArchitecture
    ) throws -> (manifest: OCIDescriptor, descriptors: [OCIDescriptor]) {
        var manifest = top
        var document = try document(top, in: layout)
        if case .index(let index) = document.content {
            guard let match = index.manifest(for: OCIPlatform(architecture)) else {
                throw BundleBuildError.missing("\(reference) for \(architecture.rawValue)", lookedIn: layout.string)
            }
            manifest = match
            document = try self.document(match, in: layout)
        }
        guard case .manifest(let image) = document.content else {
            throw BundleBuildError.unreadable(
                path: place(of: manifest, in: layout).string, reason: "an index where an index named a manifest")
        }
        try ImageCheck.refuseForeign(image, of: reference)
        return (manifest, (manifest == top ? [top] : [top, manifest]) + image.contents)
    }

    private func blob(
        _ descriptor: OCIDescriptor, of reference: ImageReference, in layout: FilePath
    ) throws -> (path: FilePath, size: UInt64) {
        let path = place(of: descriptor, in: layout)
        guard let status = try FileSystem.status(path) else {
            throw BundleBuildError.missing("blob \(descriptor.digest) of \(reference)", lookedIn: layout.string)
        }
        return (path, status.size)
    }

    private func place(of descriptor: OCIDescriptor, in layout: FilePath) -> FilePath {
        layout.pushing(FilePath("blobs/sha256/\(descriptor.digest.hex)"))
    }

    private func document(_ descriptor: OCIDescriptor, in layout: FilePath) throws -> OCIDocument {
        try parsed(place(of: descriptor, in: layout)) { try OCIDocument($0, cameAs: descriptor.mediaType) }
    }

    private func parsed<Value>(_ path: FilePath, _ parse: (Data) throws -> Value) throws -> Value {
        let bytes = try FileSystem.read(path, limit: 4 << 20)
        do {
            return try parse(Data(bytes))
        } catch {
            throw BundleBuildError.unreadable(path: path.string, reason: CanonicalJSON.explanation(of: error))
        }
    }
}
