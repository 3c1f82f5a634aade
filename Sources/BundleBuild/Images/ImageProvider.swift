public import BundleModel
public import SystemPackage

/// Where images come from: registries, OCI layouts, archives.
public protocol ImageProvider: Sendable {
    /// The registry's address, or the folder, that an image would be read from.
    func location(of reference: ImageReference, architecture: CPUArchitecture) -> String

    /// Bytes of an image's manifest, config and layers, without fetching layers; nil where the source does not tell.
    func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64?

    /// What a reference names now, an index or a manifest, without fetching anything else; nil where the source does not
    /// tell.
    func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest?

    /// An image for one architecture as local blobs, every one checked against its digest.
    ///
    /// - Parameter pinned: the digest that a lock holds for the reference; nothing else is then accepted.
    func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage

    /// Manifests that hold signatures of an image, where its source has some. Nothing is checked.
    ///
    /// - Throws: `FetchError` where the source does not tell.
    func signatures(of image: ObtainedImage) async throws -> [SHA256Digest]
}

extension ImageProvider {
    public func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest? {
        nil
    }

    public func signatures(of image: ObtainedImage) async throws -> [SHA256Digest] { [] }
}

/// An image as blobs on disk.
public struct ObtainedImage: Hashable, Sendable {
    public var reference: ImageReference
    /// What the reference resolved to: an index, or a manifest.
    public var target: OCIDescriptor
    /// The manifest for the architecture; the same as `target` where there is no index.
    public var manifest: SHA256Digest
    /// The index (where there is one), manifest, config and layers, each once.
    public var blobs: [Blob]
    /// Where it was pulled from.
    public var source: String
    /// Manifests that hold signatures of it at the registry, sorted; nil where none are known.
    public var signatures: [SHA256Digest]?

    public init(
        reference: ImageReference, target: OCIDescriptor, manifest: SHA256Digest, blobs: [Blob], source: String,
        signatures: [SHA256Digest]? = nil
    ) {
        self.reference = reference
        self.target = target
        self.manifest = manifest
        self.blobs = blobs
        self.source = source
        self.signatures = signatures
    }

    /// Bytes of all blobs.
    public var size: UInt64 { blobs.reduce(0) { $0 + $1.size } }

    public struct Blob: Hashable, Sendable {
        public var digest: SHA256Digest
        /// Bytes.
        public var size: UInt64
        public var content: Content

        public init(digest: SHA256Digest, size: UInt64, content: Content) {
            self.digest = digest
            self.size = size
            self.content = content
        }

        public enum Content: Hashable, Sendable {
            case file(FilePath)
            case bytes([UInt8])
        }
    }
}
