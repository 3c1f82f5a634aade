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

    public func location(of reference: ImageReference, architecture: CPUArchitecture) -> String {
        "file:\(folder.lastComponent?.string ?? "images")"
    }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        try find(reference, architecture).size()
    }

    public func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest? {
        try find(reference, architecture).top.digest
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let image = try find(reference, architecture)
        if let pinned, pinned != image.top.digest {
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: image.top.digest)
        }
        return try await image.obtain()
    }

    private func find(_ reference: ImageReference, _ architecture: CPUArchitecture) throws -> LayoutImage {
        let candidates = [folder] + (try FileSystem.list(folder)).map { folder.appending($0) }
        for candidate in candidates where FileSystem.exists(candidate.appending("index.json")) {
            let layout = try ImageLayout(candidate)
            for top in try layout.entries(for: reference) {
                if let image = try layout.image(top, as: reference, for: architecture) { return image }
            }
        }
        throw BundleBuildError.missing("\(reference) for \(architecture.rawValue)", lookedIn: folder.string)
    }
}
