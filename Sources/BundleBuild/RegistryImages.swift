public import BundleModel
public import Fetch

/// Images from registries, one platform each.
public struct RegistryImages: ImageProvider {
    private let client: RegistryClient

    public init(client: RegistryClient) {
        self.client = client
    }

    public func location(of reference: ImageReference) -> String { client.address(of: reference) }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        try await client.size(of: reference, architecture: architecture)
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let task = "pull \(reference)"
        progress.report(ProgressEvent(kind: .started, task: task))
        let asked = try pinned.map { try ImageReference("\(reference.name)@\($0)") } ?? reference
        let image = try await client.pull(asked, architecture: architecture)
        let blobs = image.blobs.map {
            ObtainedImage.Blob(digest: $0.digest, size: $0.size, content: .file($0.path))
        }
        let manifest = ObtainedImage.Blob(
            digest: image.manifest, size: UInt64(image.manifestBytes.count), content: .bytes(image.manifestBytes))
        let top = OCIDescriptor(
            mediaType: image.manifestType, digest: image.manifest, size: UInt64(image.manifestBytes.count))
        progress.report(ProgressEvent(kind: .finished, task: task, done: image.size))
        return ObtainedImage(
            reference: reference, digest: image.digest, top: top, manifest: image.manifest,
            blobs: [manifest] + blobs, source: image.source)
    }
}
