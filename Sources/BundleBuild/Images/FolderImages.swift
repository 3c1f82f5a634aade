public import BundleModel
import Host
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
        return try layout.size(of: reference, top: top, architecture: architecture)
    }

    public func digest(of reference: ImageReference) async throws -> SHA256Digest? { try find(reference).top.digest }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let (layout, top) = try find(reference)
        if let pinned, pinned != top.digest {
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: top.digest)
        }
        return try await layout.obtain(reference, top: top, architecture: architecture)
    }

    private func find(_ reference: ImageReference) throws -> (layout: ImageLayout, top: OCIDescriptor) {
        let candidates = [folder] + (try FileSystem.list(folder)).map { folder.appending($0) }
        for candidate in candidates where FileSystem.exists(candidate.appending("index.json")) {
            let layout = try ImageLayout(candidate)
            if let top = try layout.entry(for: reference) { return (layout, top) }
        }
        throw BundleBuildError.missing(reference.description, lookedIn: folder.string)
    }
}
