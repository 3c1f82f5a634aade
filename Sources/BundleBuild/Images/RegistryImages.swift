public import BundleModel
public import Fetch

/// Images from registries, one platform each.
public struct RegistryImages: ImageProvider {
    private let client: RegistryClient

    public init(client: RegistryClient) {
        self.client = client
    }

    public func location(of reference: ImageReference, architecture: CPUArchitecture) -> String {
        client.address(of: reference)
    }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        try await client.size(of: reference, architecture: architecture)
    }

    public func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest? {
        try await client.digest(of: reference)
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let task = "pull \(reference)"
        progress.report(ProgressEvent(kind: .started, task: task))
        if let pinned, let digest = reference.digest, pinned != digest {
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: digest)
        }
        let asked = try pinned.map { try ImageReference("\(reference.name)@\($0)") } ?? reference
        let image = try await client.pull(asked, architecture: architecture, progress: progress)
        let blobs = image.blobs.map {
            ObtainedImage.Blob(digest: $0.digest, size: $0.size, content: .file($0.path))
        }
        let documents = image.documents.map {
            ObtainedImage.Blob(digest: $0.digest, size: UInt64($0.bytes.count), content: .bytes($0.bytes))
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: image.size))
        return ObtainedImage(
            reference: reference, target: image.target, manifest: image.manifest, blobs: documents + blobs,
            source: image.source)
    }

    public func signatures(of image: ObtainedImage) async throws -> [SHA256Digest] {
        try await client.signatures(of: image.target.digest, in: image.reference)
    }
}
